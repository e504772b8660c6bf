; Literals of other languages, by the function that takes them: behind its first argument.

((call
  function: (identifier) @_function
  arguments: (arguments . (_) (string (string_content) @injection.content)))
  (#any-of? @_function "regex.match" "url.matchqs")
  (#set! injection.language "regex"))

((call
  function: (identifier) @_function
  arguments: (arguments . (_) (string (string_content) @injection.content)))
  (#any-of? @_function "json.jmespath")
  (#set! injection.language "jmespath"))

((comment) @injection.content
  (#set! injection.language "comment"))
