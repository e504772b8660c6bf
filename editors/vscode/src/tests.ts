// The test explorer: files are found by name, cases by a run of the server, which knows the files as they are in the editor.

import * as vscode from 'vscode';
import type { Server } from './server';

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

export function registerTests(context: vscode.ExtensionContext, server: Server): void {
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
      const of = [...wanted.values()].filter((item) => item.uri?.toString() === file.toString());
      const only = of.length === 1 && of[0]?.id !== file.toString() ? of[0]?.label : undefined;
      let report: Report;
      try {
        const asked = { uri: file.toString(), ...(only === undefined ? {} : { case: only }) };
        report = (await server.execute<{ report: Report }>('lql.runTests', asked, token)).report;
      } catch (error) {
        if (token.isCancellationRequested) break;
        const reason = error instanceof Error ? error.message : String(error);
        of.forEach((item) => run.errored(item, new vscode.TestMessage(reason)));
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
