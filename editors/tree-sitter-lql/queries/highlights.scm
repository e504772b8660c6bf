; Names. What stands further down wins.

(field [(identifier) (quoted_identifier)] @variable)
(as_clause name: (_) @property)
(by_clause identity: (_) @property)
(from_clause stream: (_) @module)
(from_clause table: (_) @module)
(into_clause table: (_) @module)
(alias_clause name: (_) @label)
(include segment: (_) @label)
(setting key: (_) @property)
(member key: (string) @property)
(kind) @type
(kind (identifier) @type)
(kind (quoted_identifier) @type)
(merge_operator) @attribute
(merge_operator (identifier) @attribute)

(call function: (identifier) @function)

; Functions, by any of their names; made from the catalog.
((call function: (identifier) @function.builtin)
  (#any-of? @function.builtin
    "all"
    "and"
    "any"
    "array.index"
    "array.slice"
    "avg"
    "cap"
    "cast"
    "char_length"
    "contains"
    "count"
    "dayofweek"
    "domain"
    "domains"
    "email"
    "emaildomain"
    "emailname"
    "encoding.b64decode"
    "encoding.b64encode"
    "epochms"
    "eq"
    "exists"
    "extract"
    "filter"
    "filtermatch"
    "ge"
    "geodistance"
    "gt"
    "hash"
    "hash.md5"
    "hash.sha1"
    "hash.sha256"
    "hash.sha512"
    "hash.sip"
    "hasprefix"
    "hassuffix"
    "host"
    "hosts"
    "hourofday"
    "hourofweek"
    "ifcase"
    "ipfilter"
    "join"
    "json.jmespath"
    "le"
    "len"
    "lt"
    "map"
    "mapct"
    "mapinvert"
    "mapkeys"
    "maptime"
    "mapvalues"
    "match"
    "max"
    "min"
    "mm"
    "monthofyear"
    "ne"
    "not"
    "now"
    "oneof"
    "or"
    "path"
    "phone.e164"
    "pow"
    "qs"
    "qs2"
    "qsl"
    "regex.match"
    "replace"
    "seconds"
    "set"
    "split"
    "sqrt"
    "strftime"
    "string.index"
    "string.lowercase"
    "string.split"
    "string.strip"
    "string.substr"
    "string.titlecase"
    "string.uppercase"
    "strip"
    "sum"
    "timebucket"
    "timewindow"
    "tobool"
    "todate"
    "todatein"
    "toint"
    "tolower"
    "tonumber"
    "tostring"
    "totimeset"
    "totimestamp"
    "unixtrunc"
    "unsign"
    "url"
    "url.matchqs"
    "urldecode"
    "urlmain"
    "urlminusqs"
    "useragent"
    "useragent.map"
    "uuid"
    "valuect"
    "yy"
    "yymm"
    ; end of what is made
  ))

; `match_all`, alone.
((filter_clause condition: (field (identifier) @constant.builtin))
  (#any-of? @constant.builtin "match_all" "MATCH_ALL"))

; Literals.

(string) @string
(escape_sequence) @string.escape
(integer) @number
(float) @number
(boolean) @boolean
(null) @constant.builtin
(all) @constant.builtin

(comment) @comment

; Words.

[
  "SELECT"
  "FILTER"
  "FROM"
  "INTO"
  "BY"
  "WHERE"
  "WITH"
  "ALIAS"
  "LIMIT"
  "AS"
  "SHORTDESC"
  "LONGDESC"
  "KIND"
  "MERGEOP"
] @keyword

[
  "IF"
  "ELSE"
] @keyword.conditional

[
  "AND"
  "OR"
  "NOT"
  "IN"
  "LIKE"
  "BETWEEN"
  "CONTAINS"
  "INTERSECTS"
  "EXISTS"
  "INCLUDE"
  "IS"
] @keyword.operator

(null_test "NULL" @keyword.operator)

; A word that is a function because a bracket follows.
(call function: (identifier ["NOT" "EXISTS" "CONTAINS"]) @function.builtin)

; Signs.

[
  "="
  "=="
  "!="
  "<>"
  "<"
  "<="
  ">"
  ">="
  "!"
  "&&"
  "||"
  "+"
  "-"
  "*"
  "/"
  "%"
] @operator

["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ";" ":"] @punctuation.delimiter
