// Runs where extensions run, and does the steps as a user's commands would.

const vscode = require('vscode');
const { appendFileSync, readFileSync } = require('node:fs');

const PATIENCE = 20_000; // milliseconds that anything may take on a busy machine

const folder = () => vscode.workspace.workspaceFolders[0].uri;
const uri = (file) => vscode.Uri.joinPath(folder(), file);
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
const editor = () => vscode.window.activeTextEditor;
const run = (...it) => vscode.commands.executeCommand(...it);

function place(needle) {
  const { document } = editor();
  const start = document.getText().indexOf(needle);
  if (start < 0) throw new Error(`no ${needle}`);
  return new vscode.Range(document.positionAt(start), document.positionAt(start + needle.length));
}

function underlined() {
  const { document } = editor();
  return vscode.languages.getDiagnostics(document.uri).map((it) => ({
    line: it.range.start.line + 1,
    column: it.range.start.character,
    unit: 'utf-16',
    text: document.getText(it.range),
    says: it.message,
  }));
}
/** Findings, once there are so many. */
async function findings(count) {
  if (count === undefined) return undefined;
  for (const end = Date.now() + PATIENCE; underlined().length !== count && Date.now() < end; ) await sleep(10);
  return underlined();
}

function texts() {
  const files = vscode.workspace.textDocuments.filter((it) => it.uri.scheme === 'file' && it.fileName.endsWith('.lql'));
  return Object.fromEntries(files.map((it) => [vscode.workspace.asRelativePath(it.uri), it.getText()]));
}

const verbs = {
  async open({ file, findings: count }) {
    await vscode.window.showTextDocument(uri(file), { preview: false });
    return { findings: await findings(count) };
  },
  async edit({ replace, by, findings: count }) {
    const range = place(replace);
    await editor().edit((it) => it.replace(range, by));
    return { findings: await findings(count) };
  },
  async complete({ behind }) {
    const { items } = await run('vscode.executeCompletionItemProvider', editor().document.uri, place(behind).end);
    return { items: items.map((it) => it.label.label ?? it.label) };
  },
  async hover({ on }) {
    const shown = await run('vscode.executeHoverProvider', editor().document.uri, place(on).start);
    return { hover: shown.flatMap((it) => it.contents.map((part) => part.value)).join('\n') };
  },
  async rename({ on, to }) {
    const edit = await run('vscode.executeDocumentRenameProvider', editor().document.uri, place(on).start, to);
    await vscode.workspace.applyEdit(edit);
    return { texts: texts() };
  },
  async format() {
    await run('editor.action.formatDocument');
    return { texts: texts() };
  },
  async fix({ on, findings: count }) {
    const kind = vscode.CodeActionKind.QuickFix.value;
    const actions = await run('vscode.executeCodeActionProvider', editor().document.uri, place(on), kind);
    await vscode.workspace.applyEdit(actions.find((it) => it.isPreferred).edit);
    return { findings: await findings(count), texts: texts() };
  },
  /** The editor stops its extensions when this is over, and the extension its server. */
  shutdown: () => ({}),
  die: () => process.kill(process.pid, 'SIGKILL'),
};

exports.run = async () => {
  for (const step of JSON.parse(readFileSync(process.env.LQL_SESSION, 'utf8')).steps) {
    const seen = await verbs[step.do](step);
    appendFileSync(process.env.LQL_REPORT, JSON.stringify(seen) + '\n');
  }
};
