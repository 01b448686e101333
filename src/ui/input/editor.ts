import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '../app.ts';
import { setText } from './composer.ts';

/** Opens what is being written in $VISUAL or $EDITOR and takes it back when the editor ends well. */
export async function editElsewhere(app: App): Promise<void> {
  const editor = process.env.VISUAL || process.env.EDITOR || 'vi';
  const folder = await mkdtemp(join(tmpdir(), 'wink-edit-'));
  const path = join(folder, 'message.md');
  try {
    await writeFile(path, app.state.composer.buffer.text, { mode: 0o600 });
    const code = await app.suspend(() => runEditor(editor, path));
    if (code !== 0)
      return app.notice(
        `The editor (${editor}) ended with ${code}; the text is as it was. $EDITOR names another one.`,
        'warn',
      );
    app.state.composer = setText(app.state.composer, (await readFile(path, 'utf8')).replace(/\n$/, ''));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The command may have arguments of its own ("code --wait"), so a shell takes it apart. */
function runEditor(editor: string, path: string): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}
