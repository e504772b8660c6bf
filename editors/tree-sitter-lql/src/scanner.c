// What a context-free grammar cannot say of LQL: which language the text is in, where a list item ends, and which
// bracket, quote or number stands where. The rules are those of `crates/lql-syntax/src/adapt.rs`.
//
// The only state is the language of the text.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

#include <string.h>

// In the order of `externals` in grammar.js.
enum Token {
  LQL,
  FILTERQL,
  CALL_OPEN,
  SET_OPEN,
  SEPARATOR,
  END,
  NATURAL,
  INTEGER,
  FLOAT,
  DIGIT_NAME,
  SINGLE_OPEN,
  SINGLE_NAME,
  ERROR,
};

typedef struct {
  bool filterql;
} Scanner;

// Characters.

static bool is_line_end(int32_t c) { return c == '\n' || c == '\r'; }

static bool is_blank(int32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }

static bool is_letter(int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0x80 && !is_blank(c));
}

// A character of a name.
static bool is_part(int32_t c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; }

static void next(TSLexer *lexer) { lexer->advance(lexer, false); }

// Reads what begins with `quote`, up to its end or the end of the line. Says whether it ends with the quote.
static bool read_quoted(TSLexer *lexer) {
  int32_t quote = lexer->lookahead;
  next(lexer);
  while (!lexer->eof(lexer) && !is_line_end(lexer->lookahead)) {
    int32_t c = lexer->lookahead;
    next(lexer);
    if (c == '\\' && quote != '`' && !is_line_end(lexer->lookahead)) {
      next(lexer);
    } else if (c == quote) {
      if (quote == '`' || lexer->lookahead != quote) return true;
      next(lexer);
    }
  }
  return false;
}

static void read_line(TSLexer *lexer) {
  while (!lexer->eof(lexer) && !is_line_end(lexer->lookahead)) next(lexer);
}

// Reads a comment whose first character has been read already.
static void read_block_comment(TSLexer *lexer) {
  next(lexer);
  for (int32_t before = 0; !lexer->eof(lexer); next(lexer)) {
    if (before == '*' && lexer->lookahead == '/') {
      next(lexer);
      return;
    }
    before = lexer->lookahead;
  }
}

// Blanks and comments between two tokens.
typedef struct {
  bool any;  // Whether there are any.
  bool line; // Whether a line ended there, outside of a comment of several lines.
  int32_t operator; // The `-` or `/` that turned out to begin no comment, already read.
} Gap;

static Gap read_gap(TSLexer *lexer) {
  Gap gap = {false, false, 0};
  for (;;) {
    int32_t c = lexer->lookahead;
    if (lexer->eof(lexer)) return gap;
    if (is_blank(c)) {
      gap.line |= is_line_end(c);
      next(lexer);
    } else if (c == '#') {
      read_line(lexer);
    } else if (c == '-' || c == '/') {
      next(lexer);
      if (lexer->lookahead == c) {
        read_line(lexer);
      } else if (c == '/' && lexer->lookahead == '*') {
        read_block_comment(lexer);
      } else {
        gap.operator = c;
        return gap;
      }
    } else {
      return gap;
    }
    gap.any = true;
  }
}

// Words.

#define LONGEST 16

// Reads a word in lower case; one that is too long to be a keyword, or holds other letters, is cut to nothing.
static void read_word(TSLexer *lexer, char *word) {
  unsigned length = 0;
  bool keyword = true;
  while (is_part(lexer->lookahead) || lexer->lookahead == '@') {
    int32_t c = lexer->lookahead;
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    keyword &= c >= 'a' && c <= 'z' && length + 1 < LONGEST;
    if (keyword) word[length++] = (char)c;
    next(lexer);
  }
  word[keyword ? length : 0] = 0;
}

static bool is(const char *word, const char *keyword) { return strcmp(word, keyword) == 0; }

// Whether `x NOT` may go on with the word.
static bool follows_not(const char *word) {
  return is(word, "in") || is(word, "like") || is(word, "between") || is(word, "contains") || is(word, "intersects");
}

// The language of the text, told by its first statement.
static bool is_filterql(TSLexer *lexer) {
  bool first = true, begins = false, filters = false, selects = false, wheres = false, lql = false;
  char word[LONGEST];
  for (;;) {
    Gap gap = read_gap(lexer);
    int32_t c = lexer->lookahead;
    if (gap.operator) {
      first = false;
    } else if (lexer->eof(lexer) || c == ';') {
      return begins || (!lql && (filters || (selects && wheres)));
    } else if (c == '"' || c == '\'' || c == '`') {
      read_quoted(lexer);
      first = false;
    } else if (is_part(c) || c == '@') {
      read_word(lexer, word);
      // `by-name` and `by/name` are words of their own.
      while (lexer->lookahead == '-' || lexer->lookahead == '/') {
        int32_t joint = lexer->lookahead;
        next(lexer);
        if (lexer->lookahead == joint) {
          read_line(lexer);
        } else if (joint == '/' && lexer->lookahead == '*') {
          read_block_comment(lexer);
        } else if (is_part(lexer->lookahead)) {
          char rest[LONGEST];
          read_word(lexer, rest);
          word[0] = 0;
        }
      }
      bool filter = is(word, "filter");
      begins |= first && filter;
      filters |= filter && lexer->lookahead != '(';
      selects |= is(word, "select");
      wheres |= is(word, "where");
      lql |= is(word, "into") || is(word, "by");
      first = false;
    } else if (c == '[') {
      // `[by whom]` is a name.
      next(lexer);
      while (!lexer->eof(lexer) && !is_line_end(lexer->lookahead) && !strchr("][,\"'`;", (char)lexer->lookahead)) {
        next(lexer);
      }
      first = false;
    } else {
      next(lexer);
      first = false;
    }
  }
}

// Lists.

// What stands behind a complete value.
typedef enum {
  CLOSES,     // A bracket or comma, or nothing.
  GOES_ON,    // An operator.
  ENDS,       // `IF` and `AS`: operators in brackets, clauses outside of them.
  AND_LIST,   // `AND (`
  OR_LIST,    // `OR (`
  BEGINS,     // Another value.
} Follower;

static Follower follower(TSLexer *lexer, Gap gap) {
  if (gap.operator) return GOES_ON;
  if (lexer->eof(lexer)) return CLOSES;
  int32_t c = lexer->lookahead;
  switch (c) {
    case ')': case ']': case '}': case ',': case ';':
      return CLOSES;
    case '=': case '<': case '>': case '+': case '*': case '%':
      next(lexer);
      return GOES_ON;
    case '!': case '&': case '|':
      next(lexer);
      return lexer->lookahead == (c == '!' ? '=' : c) ? GOES_ON : BEGINS;
  }
  if (!is_letter(c)) return BEGINS;
  char word[LONGEST];
  read_word(lexer, word);
  if (lexer->lookahead == '-' || lexer->lookahead == '/') {
    // `and-so` is a name, `and -so` is not.
    int32_t joint = lexer->lookahead;
    next(lexer);
    if (lexer->lookahead != joint && is_part(lexer->lookahead)) return BEGINS;
    return follows_not(word) || is(word, "and") || is(word, "or") ? GOES_ON : BEGINS;
  }
  if (is(word, "and") || is(word, "or")) {
    Gap inner = read_gap(lexer);
    if (inner.operator || lexer->lookahead != '(') return GOES_ON;
    return word[0] == 'a' ? AND_LIST : OR_LIST;
  }
  if (is(word, "not")) {
    Gap inner = read_gap(lexer);
    if (inner.operator || !is_letter(lexer->lookahead)) return BEGINS;
    read_word(lexer, word);
    return follows_not(word) ? GOES_ON : BEGINS;
  }
  if (is(word, "if") || is(word, "as")) return ENDS;
  return follows_not(word) || is(word, "is") || is(word, "else") ? GOES_ON : BEGINS;
}

// Behind a complete value: an item ends here, or the line has ended what now goes on, or nothing is to be said.
static bool scan_end(Scanner *scanner, TSLexer *lexer, const bool *valid) {
  lexer->mark_end(lexer);
  Gap gap = read_gap(lexer);
  bool line = scanner->filterql && gap.line;
  Follower found = follower(lexer, gap);
  bool in_list = valid[SEPARATOR];
  if (found == CLOSES) return false;
  if (in_list && (found == BEGINS || found == AND_LIST || (line && found == OR_LIST))) {
    lexer->result_symbol = SEPARATOR;
    return true;
  }
  if (line && (found == GOES_ON || found == AND_LIST || found == OR_LIST || (in_list && found == ENDS))) {
    lexer->mark_end(lexer);
    lexer->result_symbol = ERROR;
    return true;
  }
  return false;
}

// Numbers and names that begin with a digit.

static void read_digits(TSLexer *lexer) {
  while (is_digit(lexer->lookahead)) next(lexer);
}

// `3f9a-12`: anything but digits only.
static enum Token scan_digit_name(TSLexer *lexer) {
  bool only_digits = true;
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == '-') {
      lexer->mark_end(lexer);
      next(lexer);
      if (lexer->lookahead == '-') break; // a comment
      only_digits = false;
    } else if (is_part(c)) {
      only_digits &= is_digit(c);
      next(lexer);
    } else {
      lexer->mark_end(lexer);
      break;
    }
  }
  return only_digits ? ERROR : DIGIT_NAME;
}

static enum Token scan_number(TSLexer *lexer, bool natural) {
  enum Token token = INTEGER;
  bool sign = false; // of an exponent: no word reaches across it
  bool zero = lexer->lookahead == '0';
  next(lexer);
  if (zero && lexer->lookahead == 'x' && !natural) {
    next(lexer);
    bool any = false;
    while (is_digit(lexer->lookahead) || (lexer->lookahead >= 'A' && lexer->lookahead <= 'F')) {
      any = true;
      next(lexer);
    }
    if (!any) token = ERROR;
  } else {
    if (zero && is_digit(lexer->lookahead)) token = ERROR;
    read_digits(lexer);
    if (lexer->lookahead == '.') {
      next(lexer);
      token = token == INTEGER && is_digit(lexer->lookahead) ? FLOAT : ERROR;
      read_digits(lexer);
    }
    if (lexer->lookahead == 'e') {
      next(lexer);
      sign = lexer->lookahead == '+' || lexer->lookahead == '-';
      if (sign) next(lexer);
      token = token != ERROR && is_digit(lexer->lookahead) ? FLOAT : ERROR;
      read_digits(lexer);
    }
  }
  // `14d`, `1.5.2`, `3f`: no numbers.
  while (!sign && is_part(lexer->lookahead)) {
    token = ERROR;
    next(lexer);
  }
  lexer->mark_end(lexer);
  return token;
}

// The interface of scanners.

void *tree_sitter_lql_external_scanner_create(void) { return ts_calloc(1, sizeof(Scanner)); }

void tree_sitter_lql_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_lql_external_scanner_serialize(void *payload, char *buffer) {
  buffer[0] = (char)((Scanner *)payload)->filterql;
  return 1;
}

void tree_sitter_lql_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  ((Scanner *)payload)->filterql = length > 0 && buffer[0];
}

bool tree_sitter_lql_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  Scanner *scanner = payload;
  bool recovering = valid[ERROR];
  if (recovering) return false;

  if (valid[LQL]) {
    lexer->mark_end(lexer);
    scanner->filterql = is_filterql(lexer);
    lexer->result_symbol = scanner->filterql ? FILTERQL : LQL;
    return true;
  }
  if (valid[CALL_OPEN] && lexer->lookahead == '(') {
    next(lexer);
    lexer->mark_end(lexer);
    lexer->result_symbol = CALL_OPEN;
    return true;
  }
  if (valid[SEPARATOR] || (valid[END] && scanner->filterql)) return scan_end(scanner, lexer, valid);

  while (is_blank(lexer->lookahead)) lexer->advance(lexer, true);
  int32_t c = lexer->lookahead;
  if (c == '(' && valid[SET_OPEN]) {
    next(lexer);
    lexer->mark_end(lexer);
    lexer->result_symbol = SET_OPEN;
    return true;
  }
  if (c == '\'') {
    if (!scanner->filterql) {
      if (!valid[SINGLE_OPEN]) return false;
      next(lexer);
      lexer->mark_end(lexer);
      lexer->result_symbol = SINGLE_OPEN;
      return true;
    }
    if (!valid[SINGLE_NAME]) return false;
    unsigned before = lexer->get_column(lexer);
    if (!read_quoted(lexer) || lexer->get_column(lexer) - before < 3) return false;
    lexer->mark_end(lexer);
    lexer->result_symbol = SINGLE_NAME;
    return true;
  }
  bool number = valid[INTEGER] || valid[NATURAL];
  if (c == '-' && valid[INTEGER]) {
    next(lexer);
    if (!is_digit(lexer->lookahead)) return false;
  }
  if (!is_digit(lexer->lookahead)) return false;
  if (number) {
    enum Token token = scan_number(lexer, valid[NATURAL]);
    if (token == INTEGER && valid[NATURAL]) token = NATURAL;
    if (!valid[token] && token != ERROR) token = ERROR;
    lexer->result_symbol = token;
    return true;
  }
  if (valid[DIGIT_NAME]) {
    lexer->result_symbol = scan_digit_name(lexer);
    return true;
  }
  return false;
}
