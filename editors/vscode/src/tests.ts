// The test explorer, over `lql test --format json`: files are found by name, cases by a run.

import * as vscode from 'vscode';
import { ask, projectOf } from './lql';

interface Report {
  findings: { file: string; line: number | null; title: string }[];
  cases: {
    file: string;
    line: number;
    name: string;
    outcome: string;
    seconds: number;
    failures: { line: number; title: string; text: string }[];
  }[];
}

const PATTERN = '**/*.test.toml';

export function registerTests(context: vscode.ExtensionContext): void {
  const tests = vscode.tests.createTestController('lql', 'LQL');
  context.subscriptions.push(tests);

  const add = (uri: vscode.Uri) => {
    const item = tests.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    tests.items.add(item);
    void readCases(item);
  };
  /** The cases of a file, by the lines that name them. */
  const readCases = async (file: vscode.TestItem) => {
    if (!file.uri) return;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file.uri));
    const cases: vscode.TestItem[] = [];
    let inCase = false;
    text.split('\n').forEach((line, index) => {
      if (line.startsWith('[')) inCase = /^\[\[case\]\]/.test(line);
      const name = inCase ? /^name\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)')/.exec(line) : null;
      if (!name) return;
      const title = (name[1] ?? name[2] ?? '').replace(/\\(["\\])/g, '$1');
      const item = tests.createTestItem(`${file.id}#${title}`, title, file.uri);
      item.range = new vscode.Range(index, 0, index, line.length);
      cases.push(item);
    });
    file.children.replace(cases);
  };
  tests.resolveHandler = async (item) => {
    if (item) return readCases(item);
    for (const uri of await vscode.workspace.findFiles(PATTERN)) add(uri);
  };
  const watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
  watcher.onDidCreate(add);
  watcher.onDidChange(add);
  watcher.onDidDelete((uri) => tests.items.delete(uri.toString()));
  context.subscriptions.push(watcher);

  const run = async (request: vscode.TestRunRequest, token: vscode.CancellationToken) => {
    const run = tests.createTestRun(request);
    const wanted = new Map<string, vscode.TestItem>();
    const want = (item: vscode.TestItem) => {
      if (request.exclude?.includes(item)) return;
      if (item.children.size === 0) wanted.set(item.id, item);
      item.children.forEach(want);
    };
    if (request.include) request.include.forEach(want);
    else tests.items.forEach(want);
    wanted.forEach((item) => run.started(item));

    const files = new Map<string, vscode.Uri>();
    wanted.forEach((item) => item.uri && files.set(item.uri.toString(), item.uri));
    for (const file of files.values()) {
      if (token.isCancellationRequested) break;
      const folder = await projectOf(file);
      const { stdout, stderr } = await ask(['test', '--format', 'json', file.fsPath], folder?.fsPath ?? '.', token);
      const of = [...wanted.values()].filter((item) => item.uri?.toString() === file.toString());
      let report: Report;
      try {
        report = JSON.parse(stdout) as Report;
      } catch {
        of.forEach((item) => run.errored(item, new vscode.TestMessage(stderr || 'lql test said nothing')));
        continue;
      }
      for (const item of of) {
        const found = report.cases.find((it) => it.name === item.label);
        if (!found) {
          run.errored(item, new vscode.TestMessage(report.findings.map((it) => it.title).join('\n') || 'not run'));
        } else if (found.outcome === 'passed') {
          run.passed(item, found.seconds * 1000);
        } else {
          const messages = found.failures.map((failure) => {
            const message = new vscode.TestMessage(failure.text || failure.title);
            message.location = new vscode.Location(file, new vscode.Position(Math.max(failure.line - 1, 0), 0));
            return message;
          });
          run.failed(item, messages, found.seconds * 1000);
        }
      }
    }
    run.end();
  };
  tests.createRunProfile('Run', vscode.TestRunProfileKind.Run, run, true);
}
