// Visual Studio Code with the packaged extension, in Debian's browser: what tests and pictures stand on.
//
// `prepare` has put the code of the editor below `LQL_WORKBENCH`; nothing of it is committed. Of code-server only Visual
// Studio Code's own server is used.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOME = process.env.LQL_WORKBENCH ?? fail('LQL_WORKBENCH is not set: ./run does');
const SERVER = join(HOME, 'node_modules/code-server/lib/vscode/out/server-main.js');
const PACKAGE = fileURLToPath(new URL('../dist/lql.vsix', import.meta.url));
/** Milliseconds that anything may take on a busy machine. */
export const PATIENCE = 60_000;

function fail(why) {
  throw new Error(why);
}

/** Settings of a quiet editor that looks the same every time. */
const SETTINGS = {
  'breadcrumbs.enabled': false,
  'editor.minimap.enabled': false,
  'editor.scrollbar.vertical': 'hidden',
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'testing.automaticallyOpenTestResults': 'neverOpen',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.colorTheme': 'Default Light Modern',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * Starts the editor on a folder that is trusted.
 *
 * @param {{ data: string, folder: string, lql: string, size?: { width: number, height: number }, scale?: number,
 *   settings?: object, query?: (authority: string) => Record<string, string> }} options
 * `data` is where the editor keeps its things, `lql` the command, `query` more of the address.
 */
export async function open({ data, folder, lql, size = { width: 1100, height: 700 }, scale = 1, settings = {}, query }) {
  const machine = join(data, 'data/Machine');
  mkdirSync(machine, { recursive: true });
  writeFileSync(join(machine, 'settings.json'), JSON.stringify({ ...SETTINGS, 'lql.path': lql, ...settings }));
  const common = ['--accept-server-license-terms', '--server-data-dir', data];
  const installing = spawnSync(process.execPath, [SERVER, ...common, '--install-extension', PACKAGE], { encoding: 'utf8' });
  if (installing.status !== 0) fail(`the extension is not installed:\n${installing.stdout}${installing.stderr}`);

  const where = ['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--disable-workspace-trust'];
  const env = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}' }; // nothing is fetched from elsewhere
  const server = spawn(process.execPath, [SERVER, ...common, ...where], { env });
  process.on('exit', () => server.kill()); // also after an error
  let said = '';
  const port = await new Promise((resolve, reject) => {
    const listen = (bytes) => {
      said += bytes;
      const found = /agent listening on (\d+)/.exec(said);
      if (found) resolve(Number(found[1]));
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.on('exit', () => reject(new Error(`the editor does not start:\n${said}`)));
  });

  const { chromium } = createRequire(join(HOME, 'here.js'))('playwright-core');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: scale });
  page.setDefaultTimeout(PATIENCE);
  const close = async () => {
    await browser.close();
    const over = new Promise((resolve) => server.on('exit', resolve));
    server.kill();
    await over;
  };

  const authority = `127.0.0.1:${port}`;
  const address = new URLSearchParams({ folder, ...query?.(authority) });
  return {
    page,
    server,
    close,
    load: () => page.goto(`http://${authority}/?${address}`),
    said: () => said,
  };
}
