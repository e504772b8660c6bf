// What starts with the extension: the language server, and the commands.

import * as vscode from 'vscode';
import { registerCommands } from './commands';
import { Server } from './server';
import { registerTests } from './tests';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  server = new Server();
  context.subscriptions.push(server);
  registerCommands(context, server);
  registerTests(context, server);
  if (vscode.workspace.isTrusted) await server.start();
  context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(() => server?.start()));
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
