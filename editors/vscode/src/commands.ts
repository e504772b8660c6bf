// Commands: what the `lql` command does, asked from the editor. Those of lenses and actions are the server's own.

import * as vscode from 'vscode';
import { ask, path, projectOf } from './lql';
import { Server } from './server';

export function registerCommands(context: vscode.ExtensionContext, server: Server): void {
  const output = vscode.window.createOutputChannel('LQL Commands');
  const here = () => projectOf(vscode.window.activeTextEditor?.document.uri);

  /** Runs in the project of the active file and shows what is said. */
  const show = async (...args: string[]) => {
    const folder = await here();
    if (!folder) return void vscode.window.showInformationMessage('Open a folder with queries first.');
    output.clear();
    output.appendLine(`$ ${path()} ${args.join(' ')}`);
    output.show(true);
    const { stdout, stderr } = await ask(args, folder.fsPath);
    output.append(stdout + stderr);
  };
  const why = async (question?: string) => {
    const asked =
      question ??
      (await vscode.window.showInputBox({
        title: 'Why?',
        prompt: 'PROFILE, PROFILE.FIELD, or PROFILE in SEGMENT; nothing lists the profiles',
      }));
    if (asked !== undefined) await show('why', '.', ...asked.split(/\s+/).filter(Boolean));
  };
  const explain = async (code?: string) => {
    const editor = vscode.window.activeTextEditor;
    const found = editor && vscode.languages.getDiagnostics(editor.document.uri);
    const codes = found?.filter((it) => editor && it.range.contains(editor.selection.active)).map((it) => it.code);
    const first = codes?.map((it) => String(typeof it === 'object' ? it.value : it)).find((it) => it.startsWith('LQL'));
    const asked = code ?? first ?? (await vscode.window.showInputBox({ title: 'Explain', prompt: 'A code, such as LQL0201' }));
    if (asked) await show('explain', asked);
  };
  const run = (...args: string[]) => show('run', '.', '--quiet', '--format', 'json', ...args);

  const commands: Record<string, (...args: string[]) => unknown> = {
    'lql.check': () => show('check', '.'),
    'lql.run': () => run('--segments'),
    'lql.changes': () => run('--emit', 'changes'),
    'lql.why': () => why(),
    'lql.explain': explain,
    'lql.test': () => vscode.commands.executeCommand('testing.runAll'),
    'lql.restart': () => server.restart(),
  };
  for (const [name, action] of Object.entries(commands)) {
    context.subscriptions.push(vscode.commands.registerCommand(name, action));
  }
  context.subscriptions.push(output);
}
