// The client of `lql lsp`.

import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { path } from './lql';

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly listener = vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('lql.path')) void this.restart();
  });

  async start(): Promise<void> {
    if (this.client) return;
    const executable = { command: path(), args: ['lsp'] }; // no transport named is standard input and output, without `--stdio`
    const client = new LanguageClient('lql', 'LQL', executable, {
      documentSelector: [
        { scheme: 'file', language: 'lql' },
        { scheme: 'file', language: 'filterql' },
        { scheme: 'file', pattern: '**/lql.toml' },
        { scheme: 'file', pattern: '**/*.test.toml' },
      ],
      initializationOptions: vscode.workspace.getConfiguration('lql'),
      synchronize: { configurationSection: 'lql' },
    });
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.client = undefined;
      void this.complain(error); // which takes as long as somebody reads it; commands and tests work meanwhile
    }
  }

  private async complain(error: unknown): Promise<void> {
    const choice = await vscode.window.showErrorMessage(
      `The LQL server does not start (${path()} lsp): ${String(error)}. Install lql, or say where it is.`,
      'Open Settings',
    );
    if (choice) await vscode.commands.executeCommand('workbench.action.openSettings', 'lql.path');
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  dispose(): void {
    this.listener.dispose();
  }
}
