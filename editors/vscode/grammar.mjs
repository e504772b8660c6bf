// The TextMate grammars. What words there are comes from the catalog; what a name, number or string is, from
// `crates/lql-syntax/src/token.rs`. Every name is taken whole, so a keyword inside `total-from` is none.

const part = '[\\p{L}\\p{M}\\p{Nd}_.]';
const word = `(?:@@?${part}|[\\p{L}_.])${part}*(?:[-/]${part}+)*`;
const digits = `[0-9]${part}*(?:-${part}+)*`;
const quoted = '`[^`\\r\\n]*`';
const joined = `(?:${word}\\.)?${quoted}(?:\\.${quoted}|\\.${part}+(?:[-/]${part}+)*)*`;
const bracketed = `\\[[\\p{L}_@][^\\]\\[,"'\`\\r\\n]*\\]`;
const name = `${joined}|${bracketed}|${word}|${digits}`;
/** Where a word ends: what follows does not go on with it. */
const end = `(?!${part}|[-/]${part}|\\.?\`)`;

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const anyOf = (list) => [...list].sort((a, b) => b.length - a.length).map(escape).join('|');
const wordsOf = (list) => `(?i:${anyOf(list)})${end}`;

/** @param {'lql' | 'filterql'} dialect */
export function grammar(words, dialect) {
  const scope = (it) => `${it}.${dialect}`;
  const one = (match, it) => ({ match, name: scope(it) });
  const text = (quote, it) => ({
    name: scope(it),
    begin: quote,
    end: `${quote}(?!${quote})|$`,
    beginCaptures: { 0: { name: scope('punctuation.definition.string.begin') } },
    endCaptures: { 0: { name: scope('punctuation.definition.string.end') } },
    patterns: [
      one(`${quote}${quote}|\\\\${quote}`, 'constant.character.escape'),
      { match: '\\\\.' },
    ],
  });
  /** A clause's word, and the name behind it. */
  const clause = (keyword, it) => ({
    match: `(?i:(${keyword}))${end}\\s+(?!(?i:${anyOf(words.clauses)})${end})(${name})`,
    captures: { 1: { name: scope('keyword.control') }, 2: { name: scope(it) } },
  });
  const conditionals = ['IF', 'ELSE'];
  const operators = words.operators.filter((it) => !conditionals.includes(it));
  const callable = (list) => `(?i:${anyOf(list)})(?=\\()`;
  const others = words.functions.filter((it) => !words.aggregates.includes(it));

  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    information_for_contributors: ['Made by build.mjs; the words are those of the catalog.'],
    name: dialect === 'lql' ? 'LQL' : 'FilterQL',
    scopeName: `source.${dialect}`,
    fileTypes: [dialect === 'lql' ? 'lql' : 'fql'],
    patterns: [
      one('(?:--|#|//).*$', 'comment.line'),
      { name: scope('comment.block'), begin: '/\\*', end: '\\*/' },
      text('"', 'string.quoted.double'),
      dialect === 'lql'
        ? text("'", 'string.quoted.single')
        : one(`'(?:[^'\\\\\\r\\n]|\\\\[^\\r\\n]|'')*'`, 'variable.other.field'),
      {
        match: `(?i:(KIND))${end}\\s+((?:(?:${word})?(?:\\[\\]|${bracketed}))?(?:${word}))`,
        captures: { 1: { name: scope('keyword.control') }, 2: { name: scope('support.type.kind') } },
      },
      clause('MERGEOP', 'support.constant.mergeop'),
      clause('ALIAS', 'entity.name.type.alias'),
      clause('FROM', 'entity.name.namespace.source'),
      clause('INTO', 'entity.name.namespace.table'),
      clause('AS', 'entity.name.tag.field'),
      {
        match: `(?i:(INCLUDE))${end}\\s+(${name})`,
        captures: { 1: { name: scope('keyword.operator.word') }, 2: { name: scope('entity.name.type.alias') } },
      },
      one(joined, 'variable.other.field'),
      one(bracketed, 'variable.other.field'),
      one(callable(words.aggregates), 'support.function.aggregate'),
      one(callable(others), 'support.function'),
      one(wordsOf(conditionals), 'keyword.control.conditional'),
      one(wordsOf(operators), 'keyword.operator.word'),
      one(wordsOf(words.constants), 'constant.language'),
      one(`(?i:match_all)${end}`, 'constant.language'),
      one(wordsOf(words.clauses), 'keyword.control'),
      one(`(?:${word})(?=\\()`, 'entity.name.function'),
      one(word, 'variable.other.field'),
      one(`(?:0x[0-9A-F]+|(?:0|[1-9][0-9]*)(?:\\.[0-9]+(?:e[+-]?[0-9]+)?|e[+-]?[0-9]+)?)(?!${part})`, 'constant.numeric'),
      one(`[0-9]${part}*`, 'variable.other.field'),
      one(anyOf(words.symbols), 'keyword.operator'),
      one('[()]', 'punctuation.parenthesis'),
      one('[\\[\\]]', 'punctuation.bracket'),
      one('[{}]', 'punctuation.brace'),
      one(',', 'punctuation.separator.comma'),
      one(';', 'punctuation.terminator.statement'),
      one(':', 'punctuation.separator.key-value'),
    ],
  };
}

/** Blocks of both languages in Markdown. */
export function codeBlocks() {
  const block = (tags, dialect) => ({
    begin: `(^|\\G)(\\s*)(\`{3,}|~{3,})\\s*(?i:${tags})(?=\\s|$)[^\`]*$`,
    end: '(^|\\G)(\\2|\\s{0,3})(\\3)\\s*$',
    name: 'markup.fenced_code.block.markdown',
    patterns: [
      {
        begin: '(^|\\G)(\\s*)(.*)',
        while: '(^|\\G)(?!\\s*([`~]{3,})\\s*$)',
        contentName: `meta.embedded.block.${dialect}`,
        patterns: [{ include: `source.${dialect}` }],
      },
    ],
  });
  return {
    scopeName: 'markdown.lql.codeblock',
    injectionSelector: 'L:text.html.markdown',
    patterns: [block('lql', 'lql'), block('filterql|fql', 'filterql')],
  };
}
