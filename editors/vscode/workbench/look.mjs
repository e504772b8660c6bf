// Looks at what the extension shows, as a user would, on a copy of examples/shop. What is not there in time is a failure.
//
// `node look.mjs` only looks; `node look.mjs --pictures FOLDER` also keeps the pictures of the book.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from './workbench.mjs';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(repository, 'target');
const pictures = process.argv[2] === '--pictures' ? resolve(process.argv[3]) : undefined;

const home = mkdtempSync(join(tmpdir(), 'lql-look-'));
const folder = join(home, 'shop');
cpSync(join(repository, 'examples/shop'), folder, { recursive: true });
// One mistake, to be found.
const web = join(folder, 'web.lql');
writeFileSync(web, readFileSync(web, 'utf8').replace('email(user.email) AS email SHORTDESC', 'emial(user.email) AS email SHORTDESC'));

const editor = await open({
  data: join(home, 'data'),
  folder,
  lql: process.env.LQL ?? join(target, 'debug/lql'),
  size: { width: 960, height: 540 },
  settings: { 'editor.fontSize': 13, 'workbench.activityBar.location': 'hidden' },
});
const { page } = editor;

/** Takes one of a list that a key opens, narrowed by typing. */
async function choose(key, typed, choice) {
  await page.keyboard.press(key);
  await page.locator('.quick-input-widget input').first().waitFor();
  await page.keyboard.type(typed, { delay: 20 }); // quicker, and the list may miss it
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: choice }).first().click();
}
/** A command of the editor, by its title. */
const command = (title) => choose('F1', title, title);
/** Opens a file at a line and column. */
async function go(file, line, column) {
  await choose('Control+P', file, file);
  await page.locator('.tab.active').filter({ hasText: file }).waitFor();
  await page.locator('.editor-instance .monaco-editor.focused').waitFor();
  await choose('Control+G', `${line}:${column}`, `${line}`);
}
/** The place of a text in the copy of a file, from 1. */
function place(file, needle) {
  const before = readFileSync(join(folder, file), 'utf8').split(needle)[0];
  return [before.split('\n').length, before.length - before.lastIndexOf('\n')];
}
const visible = (selector, text) => page.locator(selector).filter({ hasText: text }).first().waitFor();
async function picture(name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.waitForTimeout(500); // what moves comes to rest
  await page.screenshot({ path: join(pictures, `${name}.png`), caret: 'hide' });
}

const looks = {
  async findings() {
    await go('web.lql', ...place('web.lql', 'emial'));
    await page.locator('.squiggly-error').first().waitFor();
    await command('Show or Focus Hover');
    await visible('.monaco-hover', 'unknown function `emial`');
    await picture('findings');
    await page.keyboard.press('Escape');
  },
  async fix() {
    await page.keyboard.press('Control+.');
    await visible('.action-widget', 'email');
    await page.keyboard.press('Enter');
    await page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Control+S');
  },
  async lenses() {
    await go('web.lql', 1, 1);
    await visible('.codelens-decoration', 'run tests');
    await picture('lenses');
  },
  /** A lens that is clicked opens what the server answers, beside the file. */
  async answers() {
    await page.locator('.codelens-decoration a').filter({ hasText: 'sample events match' }).first().click();
    await visible('.tab', 'Events of');
    await visible('.view-line', 'sample events match.');
    await picture('answers');
    await page.locator('.tab').filter({ hasText: 'Events of' }).first().click();
    await command('View: Close Editor');
  },
  async hover() {
    await go('web.lql', ...place('web.lql', 'last_campaign'));
    await command('Show or Focus Hover');
    await visible('.monaco-hover', 'last_campaign');
    await picture('hover');
    await page.keyboard.press('Escape');
  },
  async completion() {
    const [line] = place('web.lql', 'set(product.sku)');
    await go('web.lql', line, 1);
    await page.keyboard.press('Control+Shift+Enter');
    await page.keyboard.type('count(product.');
    await visible('.suggest-widget .monaco-list-row', 'product.category');
    await picture('completion');
    await page.keyboard.press('Escape');
    await command('File: Revert File');
  },
  /** A line becomes a comment of the language, and is none again. */
  async comments() {
    await go('web.lql', ...place('web.lql', 'set(product.sku)'));
    await page.keyboard.press('Control+/');
    await visible('.view-line', '-- set(product.sku)');
    await page.keyboard.press('Control+/');
    await page.locator('.view-line').filter({ hasText: '-- set(product.sku)' }).waitFor({ state: 'detached' });
  },
  async snippets() {
    const [line] = place('web.lql', 'set(product.sku)');
    await go('web.lql', line, 1);
    await page.keyboard.press('Control+Shift+Enter');
    await page.keyboard.type('countby', { delay: 50 });
    await page.locator('.suggest-widget .monaco-list-row.focused').filter({ hasText: 'countby' }).waitFor();
    await page.keyboard.press('Enter');
    await visible('.view-line', 'valuect(key) AS field');
    await page.keyboard.press('Escape');
    await command('File: Revert File');
  },
  /** A setting of the extension reaches the server. */
  async settings() {
    await go('web.lql', 1, 1);
    await visible('.view-line', 'MERGEOP sum');
    const file = join(home, 'data/data/Machine/settings.json');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(before), 'lql.inlayHints': false }));
    await page.locator('.view-line').filter({ hasText: 'MERGEOP sum' }).first().waitFor({ state: 'detached' });
    writeFileSync(file, before);
    await visible('.view-line', 'MERGEOP sum');
  },
  async tests() {
    await go('web.test.toml', 5, 1);
    await command('Testing: Focus on Test Explorer View');
    await visible('.test-explorer .monaco-list-row', 'web.test.toml');
    await command('Test: Run All Tests');
    await visible('.result-summary', '31/31');
    await picture('tests');
  },
  async commands() {
    await command('LQL: Check Project');
    await visible('.output-view, .panel', 'no findings');
  },
  async rename() {
    await go('web.lql', ...place('web.lql', 'first_channel'));
    await page.keyboard.press('F2');
    await page.locator('.rename-box input').fill('channel_of_first_visit');
    await page.keyboard.press('Enter');
    await visible('.view-line', 'channel_of_first_visit');
  },
};

/** An editor that is busy may miss a key: a second look decides. */
async function twice(name, look) {
  try {
    await look();
  } catch {
    for (let open = 0; open < 3; open++) await page.keyboard.press('Escape'); // what may still be open
    await look().catch(async (error) => {
      const instead = join(target, 'editors', `${name}.png`);
      await page.screenshot({ path: instead });
      throw new Error(`${name}: what the editor showed instead is in ${instead}`, { cause: error });
    });
  }
  console.log(`seen: ${name}`);
}

try {
  await editor.load();
  // The number of findings beside the name: the extension is there before a file is opened.
  await page.locator('.explorer-folders-view [aria-label*="web.lql"][aria-label*="1 problem"]').first().waitFor();
  for (const [name, look] of Object.entries(looks)) await twice(name, look);
  console.log(`${Object.keys(looks).length} passed, 0 failed`);
} finally {
  await editor.close();
  rmSync(home, { recursive: true, force: true });
}
