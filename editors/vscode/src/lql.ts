// The `lql` command: where it is, and how it is asked.

import { execFile } from 'node:child_process';
import * as vscode from 'vscode';

/** What a run of the command gave. Exit code 1 is findings, 2 misuse; nothing if it could not be started. */
export interface Answer {
  code: number | undefined;
  stdout: string;
  stderr: string;
}

export const path = (): string => vscode.workspace.getConfiguration('lql').get('path', 'lql');

export function ask(args: string[], cwd: string, token?: vscode.CancellationToken): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile(path(), args, { cwd, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : undefined) : 0;
      resolve({ code, stdout, stderr: code === undefined ? `${path()}: ${error?.message}` : stderr });
    });
    token?.onCancellationRequested(() => child.kill());
  });
}

/** The folder of the project that a file belongs to: the nearest with `lql.toml`, else the one that is open. */
export async function projectOf(file: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const open = (file && vscode.workspace.getWorkspaceFolder(file)) ?? vscode.workspace.workspaceFolders?.[0];
  if (!file || !open) return open?.uri;
  let folder = vscode.Uri.joinPath(file, '..');
  while (folder.path.startsWith(open.uri.path)) {
    try {
      await vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, 'lql.toml'));
      return folder;
    } catch {
      if (folder.path === open.uri.path) break;
      folder = vscode.Uri.joinPath(folder, '..');
    }
  }
  return open.uri;
}
