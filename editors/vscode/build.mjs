// Builds what the extension ships: the grammars, made of the words of the language, and one file of code.

import { build } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { codeBlocks, grammar } from './grammar.mjs';

const words = JSON.parse(await readFile(new URL('../tree-sitter-lql/words.json', import.meta.url), 'utf8'));
const write = (name, made) =>
  writeFile(new URL(`syntaxes/${name}.tmLanguage.json`, import.meta.url), JSON.stringify(made, null, 2) + '\n');

await mkdir(new URL('syntaxes/', import.meta.url), { recursive: true });
await write('lql', grammar(words, 'lql'));
await write('filterql', grammar(words, 'filterql'));
await write('markdown', codeBlocks());

await build({
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  minify: process.argv.includes('--minify'),
  sourcemap: !process.argv.includes('--minify'),
  logLevel: 'warning',
});
