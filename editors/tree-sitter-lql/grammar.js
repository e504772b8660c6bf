/**
 * @file LQL and FilterQL, one grammar for both.
 *
 * A file ending in .lql may hold queries or filters, so an editor cannot choose between two grammars by name. The
 * scanner reads the first statement and says which language the text is in; what differs by language (single quotes,
 * the meaning of line breaks) is decided there, in `src/scanner.c`.
 *
 * The levels of expressions are those of `crates/lql-syntax/src/grammar.lalrpop`, and the two accept the same texts.
 *
 * @license MIT OR Apache-2.0
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const { keywords } = require('./words.json'); // made from the catalog

/** A keyword in any letter case. */
const pattern = (word) => {
  if (!keywords.includes(word)) throw new Error(`${word} is no keyword`);
  const letters = [...word].map((letter) => `[${letter}${letter.toLowerCase()}]`);
  return token(prec(1, new RegExp(letters.join('')))); // before a name of the same letters
};
const kw = (word) => alias(pattern(word), word);

// What a word is, as in `crates/lql-syntax/src/token.rs`.
const part = '[\\p{L}\\p{M}\\p{Nd}_.]';
const word = `(@@?${part}|[\\p{L}_.])${part}*([-/]${part}+)*`;
const quoted = '`[^`\\r\\n]+`';
const entry = `\\.(\`[^\`\\r\\n]*\`|${part}+([-/]${part}+)*)`;

/** Items between commas. */
const commas = (item) => seq(item, repeat(seq(',', item)));
/** Items between commas, perhaps with one more at the end. */
const commasAndOne = (item) => seq(commas(item), optional(','));
const left = (rule, operator, right) =>
  seq(field('left', rule), field('operator', operator), field('right', right));

/**
 * Rules for clauses in any order, each at most once: one rule for each set of clauses that have been.
 *
 * @param {string} first name of the rule that begins
 * @param {Record<string, boolean>} clauses name of each, and whether it must be there
 */
function eachOnce(first, clauses) {
  const names = Object.keys(clauses);
  const full = (1 << names.length) - 1;
  const needed = names.reduce((mask, name, bit) => (clauses[name] ? mask | (1 << bit) : mask), 0);
  const rule = (mask) => (mask === 0 ? first : `${first}_${mask}`);
  const rules = {};
  for (let seen = 0; seen < full; seen++) {
    const left = names.map((_, bit) => bit).filter((bit) => !(seen & (1 << bit)));
    rules[rule(seen)] = ($) => {
      const arms = left.map((bit) => {
        const now = seen | (1 << bit);
        const clause = $[names[bit]];
        if (now === full) return clause;
        const rest = $[rule(now)];
        return seq(clause, (now & needed) === needed ? optional(rest) : rest);
      });
      return arms.length === 1 ? arms[0] : choice(...arms);
    };
  }
  return rules;
}

// Words that begin clauses, and so are no names where a clause may begin.
const CLAUSES = ['FROM', 'INTO', 'BY', 'WHERE', 'WITH', 'ALIAS'];
const COLUMN_CLAUSES = ['AS', 'IF', 'SHORTDESC', 'LONGDESC', 'KIND', 'MERGEOP'];
// Words that begin clauses elsewhere only; in an expression they are names.
const NAMES = ['SELECT', 'FILTER', 'LIMIT'];

module.exports = grammar({
  name: 'lql',

  externals: ($) => [
    $._lql, // nothing, at the beginning of a text of queries
    $._filterql, // nothing, at the beginning of a text of filters
    $._call_open, // `(` directly behind a name
    $._set_open, // `(` behind IN, INTERSECTS and CONTAINS
    $._separator, // nothing, between two items of a list
    $._end, // never there: tells the scanner that a condition may end here
    $._natural, // 5
    $.integer, // 5, -5, 0x1F
    $.float, // 1.5, 6.02e23
    $._digit_name, // 3f9a-12
    $._single_open, // ', where it begins a string
    $._single_name, // 'a name', in FilterQL
    $._error, // never wanted: only true while the parser recovers, and what the scanner gives for wrong texts
  ],

  extras: ($) => [/[\p{White_Space}\uFEFF]/, $.comment],

  word: ($) => $.identifier,

  reserved: {
    expression: ($) => keywords.filter((it) => !NAMES.includes(it)).map(pattern),
    name: ($) => [...CLAUSES, ...COLUMN_CLAUSES].map(pattern),
    filter_name: ($) => CLAUSES.map(pattern),
    nothing: ($) => [],
  },

  inline: ($) => [$._value, $._condition, $._operand, $._name, $._filter_name],

  // `a IF b ELSE c IF d`: whether another ELSE follows says whether the second IF is the guard of the column.
  conflicts: ($) => [[$.conditional]],

  rules: {
    source_file: ($) =>
      choice(
        seq($._lql, repeat(';'), optional(seq(statements($.query), repeat(';')))),
        seq($._filterql, repeat(';'), optional(seq(statements(choice($.filter, $.projection)), repeat(';')))),
      ),

    comment: ($) => token(choice(/(--|#|\/\/)[^\r\n]*/, /\/\*([^*]|\*+[^*/])*\*+\//)),

    // Statements.

    query: ($) => seq($.select_clause, $._query_clauses),
    ...eachOnce('_query_clauses', {
      from_clause: true,
      into_clause: true,
      by_clause: true,
      where_clause: false,
      with_clause: false,
      alias_clause: true,
    }),
    select_clause: ($) => seq(kw('SELECT'), commasAndOne($.column)),
    from_clause: ($) => seq(kw('FROM'), field('stream', $._name)),
    into_clause: ($) => seq(kw('INTO'), field('table', $._name)),
    by_clause: ($) => seq(kw('BY'), field('identity', $._name), repeat(seq(kw('OR'), field('identity', $._name)))),
    where_clause: ($) => seq(kw('WHERE'), field('condition', $._value)),
    with_clause: ($) => seq(kw('WITH'), choice(commas($.setting), $.object)),
    alias_clause: ($) => seq(kw('ALIAS'), field('name', $._name)),

    filter: ($) =>
      seq(
        alias($.filter_clause_first, $.filter_clause),
        optional(alias($.table_clause, $.from_clause)),
        optional($.limit_clause),
        optional($.with_clause),
        optional(alias($.filter_alias_clause, $.alias_clause)),
      ),
    projection: ($) =>
      seq(
        alias($.projection_clause, $.select_clause),
        alias($.table_clause, $.from_clause),
        $.filter_clause,
        optional($.limit_clause),
        optional($.with_clause),
        optional(alias($.filter_alias_clause, $.alias_clause)),
      ),
    filter_clause_first: ($) => seq(kw('FILTER'), $._selection),
    filter_clause: ($) => seq(choice(kw('FILTER'), kw('WHERE')), $._selection),
    _selection: ($) => field('condition', choice($.all, $._condition)),
    projection_clause: ($) => seq(kw('SELECT'), commasAndOne(alias($.projected, $.column))),
    table_clause: ($) => seq(kw('FROM'), field('table', $._filter_name)),
    limit_clause: ($) => seq(kw('LIMIT'), alias($._natural, $.integer)),
    filter_alias_clause: ($) => seq(kw('ALIAS'), field('name', $._filter_name)),
    all: ($) => '*',

    setting: ($) =>
      seq(
        field('key', choice(reserved('nothing', $.identifier), $.quoted_identifier)),
        '=',
        field('value', choice($._scalar, $.boolean, $.null)),
      ),
    object: ($) => seq('{', optional(commas($.member)), '}'),
    member: ($) => seq(field('key', alias($._text, $.string)), ':', field('value', $._json)),
    _json: ($) => choice(alias($._text, $.string), $.integer, $.float, $.boolean, $.null),

    // Columns.

    column: ($) => seq(field('value', $._value), optional($.as_clause), optional($._column_clauses)),
    ...eachOnce('_column_clauses', {
      guard: false,
      shortdesc_clause: false,
      longdesc_clause: false,
      kind_clause: false,
      mergeop_clause: false,
    }),
    as_clause: ($) => seq(kw('AS'), field('name', $._name)),
    guard: ($) => seq(kw('IF'), field('condition', $._value)),
    shortdesc_clause: ($) => seq(kw('SHORTDESC'), $.string),
    longdesc_clause: ($) => seq(kw('LONGDESC'), $.string),
    kind_clause: ($) => seq(kw('KIND'), $.kind),
    mergeop_clause: ($) => seq(kw('MERGEOP'), alias($._merge_operator, $.merge_operator)),
    _merge_operator: ($) => $._name,
    kind: ($) => {
      const name = choice($.identifier, alias($._backquoted, $.quoted_identifier));
      const brackets = choice(alias($._bracketed, $.quoted_identifier), seq('[', ']'));
      return choice(name, seq(optional(name), brackets, name));
    },

    projected: ($) =>
      choice($.all, seq(field('value', $._condition), optional($.as_clause), optional(alias($.projected_guard, $.guard)))),
    projected_guard: ($) => seq(kw('IF'), field('condition', $._condition)),

    // Names.

    identifier: ($) => token(new RegExp(word)),
    quoted_identifier: ($) => choice($._backquoted, $._bracketed, $._single_name),
    _backquoted: ($) =>
      token(new RegExp(`((${word})\\.)\`[^\`\\r\\n]*\`(${entry})*|${quoted}(${entry})*|\`\`(${entry})+`)),
    _bracketed: ($) => token(/\[[\p{L}_@][^\]\[,"'`\r\n]*\]/),
    _name: ($) =>
      choice(reserved('name', $.identifier), $.quoted_identifier, alias($._digit_name, $.identifier)),
    _filter_name: ($) =>
      choice(reserved('filter_name', $.identifier), $.quoted_identifier, alias($._digit_name, $.identifier)),

    // Expressions, weakest first.

    _condition: ($) => seq($._value, optional($._end)),
    _value: ($) => choice($._or, $.conditional),
    conditional: ($) =>
      seq(field('then', $._or), kw('IF'), field('condition', $._or), kw('ELSE'), field('else', $._value)),

    _or: ($) => choice($._and, alias($.or, $.binary_expression)),
    or: ($) => left($._or, choice(kw('OR'), '||'), $._and),
    _and: ($) => choice($._comparison, alias($.and, $.binary_expression)),
    and: ($) => left($._and, choice(kw('AND'), '&&'), $._comparison),

    _comparison: ($) => choice($._closed, $._negated, alias($.compared_negation, $.binary_expression)),
    compared_negation: ($) => left($._closed, $._compare, $._negated),
    _negated: ($) => alias($.negation, $.unary_expression),
    negation: ($) => seq(field('operator', choice(kw('NOT'), '!')), field('operand', $._comparison)),
    _closed: ($) => choice($._sum, alias($.comparison, $.binary_expression), $.between_expression, $.null_test),
    comparison: ($) => {
      const not = field('not', optional(kw('NOT')));
      const infix = (operator, right) =>
        seq(field('left', $._closed), not, field('operator', operator), field('right', right));
      return choice(
        left($._closed, $._compare, $._sum),
        infix(choice(kw('IN'), kw('INTERSECTS')), choice($.set, $.square_list, $.field, $.call, $.string)),
        infix(kw('LIKE'), $._sum),
        infix(kw('CONTAINS'), choice($.set, $._sum)),
      );
    },
    _compare: ($) => choice('==', '=', '!=', '<>', '>', '>=', '<', '<='),
    between_expression: ($) =>
      seq(
        field('value', $._closed),
        optional(kw('NOT')),
        kw('BETWEEN'),
        field('low', $._sum),
        kw('AND'),
        field('high', $._sum),
      ),
    null_test: ($) => seq(field('value', $._closed), kw('IS'), optional(kw('NOT')), kw('NULL')),

    _sum: ($) => choice($._product, alias($.sum, $.binary_expression)),
    sum: ($) => left($._sum, choice('+', '-'), $._product),
    _product: ($) => choice($._unary, alias($.product, $.binary_expression)),
    product: ($) => left($._product, choice('*', '/', '%'), $._unary),
    _unary: ($) => choice($._operand, alias($.negative, $.unary_expression), $.exists_expression),
    negative: ($) => seq(field('operator', '-'), field('operand', $._unary)),
    exists_expression: ($) => seq(kw('EXISTS'), field('operand', $._operand)),

    _operand: ($) =>
      choice(
        $._scalar,
        $.boolean,
        $.null,
        $.field,
        $.call,
        $.list,
        $.square_list,
        $.include,
        $.parenthesized_expression,
      ),
    parenthesized_expression: ($) => seq('(', $._condition, ')'),
    field: ($) => choice($.identifier, $.quoted_identifier),
    include: ($) =>
      seq(
        kw('INCLUDE'),
        field('segment', choice($.identifier, $.quoted_identifier, alias($._digit_name, $.identifier))),
      ),

    call: ($) =>
      seq(
        field('function', choice($.identifier, alias($._word_function, $.identifier))),
        field('arguments', $.arguments),
      ),
    _word_function: ($) => choice(kw('NOT'), kw('EXISTS'), kw('CONTAINS')),
    arguments: ($) =>
      seq(
        alias($._call_open, '('),
        optional(choice($.all, commas(choice($._value, $.arm)), seq($._value, kw('AS'), $.kind))),
        ')',
      ),
    arm: ($) => seq(field('then', $._or), kw('IF'), field('condition', $._or)),

    list: ($) =>
      seq(
        field('operator', choice(kw('AND'), kw('OR'))),
        '(',
        optional(seq($._value, repeat(seq(choice(',', $._separator), $._value)), optional(','))),
        ')',
      ),
    set: ($) => seq(alias($._set_open, '('), optional(commasAndOne($._value)), ')'),
    square_list: ($) => seq('[', optional(commasAndOne($._scalar)), ']'),

    _scalar: ($) => choice($.string, $.integer, $.float),
    // A quote inside is doubled or stands behind a backslash; other backslashes are themselves.
    string: ($) => choice($._text, $._single_text),
    _text: ($) => seq('"', repeat(choice($.string_content, $.escape_sequence)), token.immediate('"')),
    string_content: ($) => token.immediate(prec(1, /([^"\\\r\n]|\\[^"\r\n])+/)),
    escape_sequence: ($) => token.immediate(choice('""', '\\"')),
    _single_text: ($) =>
      seq(
        alias($._single_open, "'"),
        repeat(choice(alias($._single_content, $.string_content), alias($._single_escape, $.escape_sequence))),
        token.immediate("'"),
      ),
    _single_content: ($) => token.immediate(prec(1, /([^'\\\r\n]|\\[^'\r\n])+/)),
    _single_escape: ($) => token.immediate(choice("''", "\\'")),
    boolean: ($) => choice(kw('TRUE'), kw('FALSE')),
    null: ($) => kw('NULL'),
  },
});

/** Statements between semicolons, several of which are one. */
function statements(statement) {
  return seq(statement, repeat(seq(repeat1(';'), statement)));
}
