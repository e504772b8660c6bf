// CodeMirror with its own client, in Node: what a page in a browser would have. `node codemirror.mjs` in the project's folder;
// `run` puts this file beside the modules that it imports.

import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { JSDOM } from 'jsdom';

const PATIENCE = 20_000; // milliseconds that anything may take on a busy machine

// A page, before the editor looks for it.
const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
for (const name of ['window', 'Window', 'document', 'MutationObserver', 'HTMLElement', 'Node', 'Range', 'Event', 'MouseEvent']) {
  globalThis[name] = window[name];
}
for (const name of ['requestAnimationFrame', 'cancelAnimationFrame', 'getComputedStyle']) {
  globalThis[name] = window[name].bind(window);
}
// Nothing is laid out here, so everything is nowhere.
window.Range.prototype.getClientRects = () => [];
window.Range.prototype.getBoundingClientRect = () => ({ left: 0, right: 0, top: 0, bottom: 0, width: 0, height: 0 });

const { EditorState } = await import('@codemirror/state');
const { EditorView } = await import('@codemirror/view');
const { CompletionContext } = await import('@codemirror/autocomplete');
const { forEachDiagnostic } = await import('@codemirror/lint');
const { LSPClient, LSPPlugin, formatDocument, languageServerExtensions, renameSymbol, serverCompletionSource } =
  await import('@codemirror/lsp-client');

/** The server behind the pipes, as CodeMirror wants it: whole messages without their headers. */
function transport() {
  const server = spawn('lql', ['lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const handlers = new Set();
  let bytes = Buffer.alloc(0);
  server.stdout.on('data', (more) => {
    bytes = Buffer.concat([bytes, more]);
    for (;;) {
      const head = bytes.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(bytes.subarray(0, head).toString())[1]);
      const end = head + 4 + length;
      if (bytes.length < end) return;
      const message = bytes.subarray(head + 4, end).toString();
      bytes = bytes.subarray(end);
      handlers.forEach((handler) => handler(message));
    }
  });
  return {
    server,
    send: (message) => server.stdin.write(`Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`),
    subscribe: (handler) => handlers.add(handler),
    unsubscribe: (handler) => handlers.delete(handler),
  };
}

const uri = (file) => pathToFileURL(file).href;
const pipes = transport();
const client = new LSPClient({ rootUri: uri('.'), timeout: PATIENCE, extensions: languageServerExtensions() }).connect(pipes);
const views = new Map();
let view; // the one in front

const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
async function wait(what, isSo) {
  for (const end = Date.now() + PATIENCE; !isSo(); await sleep(10)) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
  }
}

const text = () => view.state.doc.toString();
const texts = () => Object.fromEntries([...views].map(([file, it]) => [file, it.state.doc.toString()]));
function place(needle) {
  const from = text().indexOf(needle);
  if (from < 0) throw new Error(`no ${needle}`);
  return { from, to: from + needle.length };
}
async function untilChanged(what, change) {
  const before = text();
  await change();
  await wait(what, () => text() !== before);
}

function underlined() {
  const found = [];
  forEachDiagnostic(view.state, (it, from, to) => {
    const line = view.state.doc.lineAt(from);
    const under = view.state.sliceDoc(from, to);
    found.push({ line: line.number, column: from - line.from, unit: 'utf-16', text: under, says: it.message });
  });
  return found;
}
/** Findings, once there are so many. */
async function findings(count) {
  if (count === undefined) return undefined;
  for (const end = Date.now() + PATIENCE; underlined().length !== count && Date.now() < end; ) await sleep(10);
  return underlined();
}

const verbs = {
  async open({ file, findings: count }) {
    const state = EditorState.create({
      doc: readFileSync(file, 'utf8'),
      extensions: [client.plugin(uri(file), 'lql')],
    });
    view = new EditorView({ state, parent: document.body });
    views.set(file, view);
    await client.initializing;
    return { findings: await findings(count) };
  },
  async edit({ replace, by, findings: count }) {
    view.dispatch({ changes: { ...place(replace), insert: by } });
    return { findings: await findings(count) };
  },
  async complete({ behind }) {
    const context = new CompletionContext(view.state, place(behind).to, true, view);
    const { options } = await serverCompletionSource(context);
    return { items: options.map((it) => it.label) };
  },
  /** The mouse rests on a word. It has a place only because we say so. */
  async hover({ on }) {
    const at = place(on).from;
    view.posAtCoords = () => at;
    view.coordsAtPos = () => ({ left: 0, right: 0, top: 0, bottom: 0 });
    view.contentDOM.firstChild.dispatchEvent(new MouseEvent('mousemove', { bubbles: true, clientX: 0, clientY: 0 }));
    const shown = () => document.querySelector('.cm-lsp-hover-tooltip');
    await wait('hover', shown);
    return { hover: shown().textContent };
  },
  async rename({ on, to }) {
    view.dispatch({ selection: { anchor: place(on).from } });
    await untilChanged('renaming', () => {
      renameSymbol(view);
      const form = view.dom.querySelector('.cm-lsp-rename-panel form');
      form.querySelector('[name=name]').value = to;
      form.requestSubmit();
    });
    return { texts: texts() };
  },
  async format() {
    await untilChanged('formatting', () => formatDocument(view));
    return { texts: texts() };
  },
  /** The client has no fixes of its own yet: a page asks for them itself, and the client keeps the places right. */
  async fix({ on, findings: count }) {
    const { from, to } = place(on);
    const plugin = LSPPlugin.get(view);
    client.sync();
    await untilChanged('the fix', () =>
      client.withMapping(async (mapping) => {
        const actions = await client.request('textDocument/codeAction', {
          textDocument: { uri: plugin.uri },
          range: { start: plugin.toPosition(from), end: plugin.toPosition(to) },
          context: { diagnostics: [], only: ['quickfix'] },
        });
        const { edit } = actions.find((it) => it.isPreferred);
        for (const [file, edits] of Object.entries(edit.changes)) {
          const changes = edits.map(({ range, newText }) => ({
            from: mapping.mapPosition(file, range.start),
            to: mapping.mapPosition(file, range.end),
            insert: newText,
          }));
          client.workspace.updateFile(file, { changes });
        }
      }),
    );
    return { findings: await findings(count), texts: texts() };
  },
  async shutdown() {
    await client.request('shutdown', null);
    return verbs.exit();
  },
  async exit() {
    const over = new Promise((resolve) => pipes.server.on('exit', resolve));
    client.notification('exit', null);
    await over;
    return {};
  },
  die: () => sleep(600_000),
};

for (const step of JSON.parse(readFileSync(process.env.LQL_SESSION, 'utf8')).steps) {
  const seen = await verbs[step.do](step);
  appendFileSync(process.env.LQL_REPORT, JSON.stringify(seen) + '\n');
}
process.exit(0);
