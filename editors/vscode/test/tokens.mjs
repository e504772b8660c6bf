// The TextMate scopes agree with the lexer of `lql` on every sound text of the repository: `lql build --emit tokens` says
// what each token is, and its first character must have a scope that fits.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const textmate = require('vscode-textmate');
const oniguruma = require('vscode-oniguruma');

const root = new URL('../../..', import.meta.url).pathname;
const lql = process.env.LQL ?? join(root, 'target/debug/lql');

/** Kind of a token, and what one of its scopes begins with. */
const FITS = {
  LineComment: /^comment/,
  BlockComment: /^comment/,
  Text: /^string/,
  SingleQuoted: /^(string|variable|entity)/,
  Int: /^constant\.numeric/,
  Hex: /^constant\.numeric/,
  Float: /^constant\.numeric/,
  Word: /^(keyword\.(control|operator\.word)|variable|entity|support|constant\.language)/,
  QuotedName: /^(variable|entity|support)/,
  BracketName: /^(variable|entity|support)/,
};
for (const symbol of ['EqEq', 'Eq', 'BangEq', 'LtGt', 'Lt', 'Le', 'Gt', 'Ge', 'Bang', 'AndAnd', 'OrOr', 'Plus', 'Minus', 'Star', 'Slash', 'Percent']) {
  FITS[symbol] = /^keyword\.operator/;
}
for (const symbol of ['OpenRound', 'CloseRound', 'OpenCurly', 'CloseCurly', 'Comma', 'Semicolon', 'Colon']) {
  FITS[symbol] = /^punctuation/;
}

const wasm = readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm'));
await oniguruma.loadWASM(wasm.buffer);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async (scope) => {
    const path = new URL(`../syntaxes/${scope.replace('source.', '')}.tmLanguage.json`, import.meta.url);
    return textmate.parseRawGrammar(readFileSync(path, 'utf8'), path.pathname);
  },
});

const texts = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((it) => it.isFile() && /\.[lf]ql$/.test(it.name))
    .map((it) => join(it.parentPath ?? it.path, it.name));

let count = 0;
const wrong = [];
for (const path of [...texts(join(root, 'examples')), ...texts(join(root, 'tests/projects'))]) {
  const bytes = readFileSync(path);
  const isFilter = path.endsWith('.fql') || path.includes('/segments/');
  const grammar = await registry.loadGrammar(isFilter ? 'source.filterql' : 'source.lql');
  const scopes = new Map(); // by byte
  let state = textmate.INITIAL;
  let start = 0;
  for (const line of bytes.toString().split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    for (const token of tokens) {
      for (let at = token.startIndex; at < token.endIndex; at++) {
        scopes.set(start + Buffer.byteLength(line.slice(0, at)), token.scopes);
      }
    }
    state = ruleStack;
    start += Buffer.byteLength(line) + 1;
  }
  // A filter alone may name a filter that is elsewhere: a finding, and the tokens are there.
  const said = spawnSync(lql, ['build', '--emit', 'tokens', path]).stdout.toString();
  for (const [, from, kind] of said.matchAll(/^ *(\d+)\.\.\d+ +(\w+)/gm)) {
    const fits = FITS[kind];
    if (!fits) continue;
    const found = scopes.get(Number(from)) ?? [];
    if (!found.some((scope) => fits.test(scope))) wrong.push(`${path}:${from}: ${kind} has ${found.join(' ')}`);
    count++;
  }
}
console.log(`${count} tokens compared, ${wrong.length} differ`);
if (wrong.length > 0) console.error(wrong.slice(0, 20).join('\n'));
process.exit(wrong.length > 0 || count < 1000 ? 1 : 0);
