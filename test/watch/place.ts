import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect } from 'vitest';
import { afterEveryTest } from '../leftovers.ts';
import { ended, makeFolder, run } from '../program/program.ts';

const homes: string[] = [];
// Registered after that which removes the folders, and so called before it.
afterEveryTest(() => {
  for (const wink of homes.splice(0)) stopResident(wink);
});

/** A user's home and a repository, with the built program's `watch` in it; the resident process ends with the test. */
export function makePlace() {
  const home = makeFolder();
  const cwd = makeFolder();
  execFileSync('git', ['init', '-q', cwd]);
  for (const name of ['package.json', 'a.js']) writeFileSync(join(cwd, name), '{}\n');
  const wink = join(home, '.wink');
  homes.push(wink);
  const watch = (...words: string[]) => run(['watch', ...words], { cwd, home });
  /** What an agent does with its hook: the event on stdin, the answer from stdout. */
  const hook = async (
    agent: string,
    event: object,
    path = process.env.PATH,
  ): Promise<Record<string, unknown> | undefined> => {
    const child = spawn('sh', [join(wink, 'watch/hook.sh'), agent], {
      // A crowded machine may take longer than an agent would wait.
      env: { PATH: path, HOME: home, WINK_HOME: wink, WINK_WATCH_SECONDS: '20' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end(JSON.stringify({ session_id: 's1', cwd, ...event }));
    const { stdout } = await ended(child);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  /** Ends when the process that answers hooks is there. */
  const startResident = async (): Promise<void> => {
    await hook('claude', { session_id: 'first', hook_event_name: 'SessionEnd' });
    const isThere = async () => (await watch('status', '--format', 'json')).stdout;
    await expect.poll(isThere, { timeout: 20_000 }).toContain('"pid"');
  };
  const records = (): Record<string, unknown>[] => {
    const folder = join(wink, 'watched');
    if (!existsSync(folder)) return [];
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.jsonl'));
    return paths.flatMap((path) =>
      readFileSync(join(folder, path), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    );
  };
  const settings = (path: string): string => readFileSync(join(home, path), 'utf8');
  mkdirSync(join(home, '.claude'));
  return { home, cwd, wink, watch, hook, startResident, records, settings };
}

function stopResident(wink: string): void {
  const lock = join(wink, 'watch/resident.lock');
  if (!existsSync(lock)) return;
  const { pid } = JSON.parse(readFileSync(lock, 'utf8'));
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** The path of an agent's program, where it is installed on this machine. */
export function findProgram(name: string): string | undefined {
  const folders = [
    ...(process.env.WINK_TEST_AGENTS ?? '').split(delimiter),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.map((folder) => join(folder, name)).find((path) => path !== name && existsSync(path));
}
