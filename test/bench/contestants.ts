import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contestant } from './run.ts';

const here = import.meta.dirname;
const root = join(here, '..', '..');

export const floor: Contestant = {
  name: 'floor',
  start: ({ url, folder }) => ({ file: process.execPath, args: [join(here, 'floor.js'), url, folder] }),
};

/** The product as a user starts it in CI, with further flags. */
export function agent(name: string, flags: readonly string[], program = join(root, 'bin/wink-agent.js')): Contestant {
  return {
    name,
    start: ({ url, folder, home }) => {
      // How long a hung judge is waited for at the end of a run is not what is measured.
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, 'config.json'), JSON.stringify({ observer: { finalWaitSeconds: 1 } }));
      const words = ['-p', 'Read the files.', '--model', 'scripted', '--base-url', url, '--approval', 'full'];
      return {
        file: process.execPath,
        args: [program, ...words, '--cwd', folder, '--output-format', 'stream-json', ...flags],
        env: { PATH: process.env.PATH, HOME: home, WINK_HOME: home },
      };
    },
  };
}

/** The product with an observer thread that dies at once: a copy of the bundle whose worker throws. */
export function agentWithDeadWorker(): Contestant {
  const copy = mkdtempSync(join(tmpdir(), 'wink-bench-dead-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  for (const part of ['bin', 'dist', 'prompts', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  writeFileSync(join(copy, 'dist/observer-worker.js'), "throw new Error('dead');\n");
  return agent('observer dead', [], join(copy, 'bin/wink-agent.js'));
}
