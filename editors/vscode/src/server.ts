// The client of `lql lsp`.

import * as vscode from 'vscode';
import { type ClientCapabilities, LanguageClient, type StaticFeature } from 'vscode-languageclient/node';
import { type Answer, Answers } from './answers';
import { path } from './lql';

/** Tells the server that we show what its commands answer. */
const SHOWS_ANSWERS: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities) {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), showsAnswers: true };
  },
  initialize() {},
  getState: () => ({ kind: 'static' }),
  clear() {},
};

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly answers = new Answers();
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
      middleware: {
        // The commands of lenses and actions: the client registers them under the server's names.
        executeCommand: async (command, args, next) => {
          const answer = (await next(command, args)) as Partial<Answer> | undefined;
          if (command === 'lql.addToTest') return answer; // the server shows the test file
          if (answer?.title !== undefined && answer.text !== undefined) {
            await this.answers.show({ title: command === 'lql.runTests' ? 'Tests' : answer.title, text: answer.text });
          }
          return answer;
        },
      },
    });
    client.registerFeature(SHOWS_ANSWERS);
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

  /** Has the server do something, and shows nothing of it. */
  async execute<T>(command: string, argument: object, token?: vscode.CancellationToken): Promise<T> {
    if (!this.client) throw new Error('The LQL server is not running.');
    const params = { command, arguments: [argument] };
    return this.client.sendRequest<T>('workspace/executeCommand', params, token);
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
    this.answers.dispose();
  }
}
