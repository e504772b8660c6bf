// Visual Studio Code with the packaged extension: the steps are done inside the running editor, by `vscode-inside.cjs`.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open } from '../../../editors/vscode/workbench/workbench.mjs';

const data = join(process.env.HOME, 'vscode');
const inside = fileURLToPath(new URL('vscode-inside.cjs', import.meta.url));
const editor = await open({
  data,
  folder: process.cwd(),
  lql: fileURLToPath(new URL('../lql', import.meta.url)), // the editor's path is that of a shell of its own
  query: (authority) => {
    const remote = (path) => `vscode-remote://${authority}${path}`;
    const payload = [
      ['extensionDevelopmentPath', remote(join(data, 'extensions/lql.lql-0.1.0'))],
      ['extensionTestsPath', remote(inside)],
    ];
    return { payload: JSON.stringify(payload) };
  },
});
process.on('SIGTERM', async () => {
  await editor.close();
  process.exit(1);
});
const code = new Promise((resolve) => editor.page.exposeFunction('codeAutomationExit', resolve));
editor.page.exposeFunction('codeAutomationLog', (_, args) => console.log(...args));
await editor.load();
const result = await code;
await editor.close();
process.exit(result);
