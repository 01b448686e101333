import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScriptedCall } from '../../src/demo/server/scenario.ts';
import { removeAtEnd } from './run.ts';

const here = import.meta.dirname;
const root = join(here, '..', '..');

/** Where a program is measured: the model server's base URL, the folder to work in (absolute) and a home of its own. */
export type Place = { readonly url: string; readonly folder: string; readonly home: string };

export type Launch = { readonly file: string; readonly args: readonly string[]; readonly env?: NodeJS.ProcessEnv };

/** One program under measurement: how it is started, and what its tools are called. */
export type Contestant = {
  readonly name: string;
  readonly start: (place: Place) => Launch;
  /** The call that reads a file of the folder. */
  readonly read: (file: string, folder: string) => ScriptedCall;
  /** The call that runs a command there. */
  readonly shell: (command: string) => ScriptedCall;
};

const ourTools = {
  read: (file: string) => ({ name: 'read', arguments: { path: file } }),
  shell: (command: string) => ({ name: 'shell', arguments: { command } }),
};

/** A bare Node loop with fetch that does the same work, in the same environment as the others: what is set for a shell (BASH_ENV) is none of its time. */
export const floor: Contestant = {
  name: 'floor',
  ...ourTools,
  start: ({ url, folder, home }) => ({
    file: process.execPath,
    args: [join(here, 'floor.js'), url, folder],
    env: { PATH: process.env.PATH, HOME: home },
  }),
};

export type AgentOptions = {
  /** Default: the built program of this folder. */
  readonly program?: string;
  /** More settings of the user's configuration. */
  readonly config?: object;
};

/** The product as a user starts it in CI, with its sandbox, and with further flags. */
export function agent(name: string, flags: readonly string[], options: AgentOptions = {}): Contestant {
  return {
    name,
    ...ourTools,
    start: ({ url, folder, home }) => {
      // How long a hung judge is waited for at the end of a run is not what is measured.
      mkdirSync(home, { recursive: true });
      const config = { observer: { finalWaitSeconds: 1 }, ...options.config };
      writeFileSync(join(home, 'config.json'), JSON.stringify(config));
      const words = ['-p', 'Read the files.', '--model', 'scripted', '--base-url', url, '--approval', 'edits'];
      return {
        file: process.execPath,
        args: [
          options.program ?? join(root, 'bin/wink-agent.cjs'),
          ...words,
          '--cwd',
          folder,
          '--output-format',
          'stream-json',
          ...flags,
        ],
        env: { PATH: process.env.PATH, HOME: home, WINK_HOME: home },
      };
    },
  };
}

/** The product with an observer thread that dies at once: a copy of the bundle whose worker throws. */
export function agentWithDeadWorker(): Contestant {
  const copy = mkdtempSync(join(tmpdir(), 'wink-bench-dead-'));
  removeAtEnd(copy);
  for (const part of ['bin', 'dist', 'prompts', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  writeFileSync(join(copy, 'dist/observer-worker.cjs'), "throw new Error('dead');\n");
  return agent('observer dead', [], { program: join(copy, 'bin/wink-agent.cjs') });
}
