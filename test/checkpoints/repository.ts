import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Checkpoints, createCheckpoints } from '../../src/checkpoints/checkpoints.ts';

export type Sandpit = { readonly work: string; readonly home: string };

/** A folder to work in and a home for the program, both temporary; real paths. */
export function makeSandpit(): Sandpit {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-checkpoints-')));
  const sandpit = { work: join(base, 'work'), home: join(base, 'home') };
  mkdirSync(sandpit.work);
  // No program that is held sees it, as for a session.
  process.env.WINK_HOME = sandpit.home;
  return sandpit;
}

export function git(cwd: string, ...args: string[]): string {
  const identity = {
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...identity },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Makes the folder a repository with a commit of these files. */
export function commitFiles(cwd: string, files: Readonly<Record<string, string>>): void {
  git(cwd, 'init', '-q');
  write(cwd, files);
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-qm', 'first');
}

export function write(cwd: string, files: Readonly<Record<string, string>>): void {
  const folders = new Set(Object.keys(files).map((path) => dirname(join(cwd, path))));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) writeFileSync(join(cwd, path), content);
}

export function checkpointsOf(sandpit: Sandpit, session = 's1', more: { maxBytes?: number } = {}): Checkpoints {
  return createCheckpoints({ cwd: sandpit.work, home: sandpit.home, session, ...more });
}

/** All files below a folder with their kind, mode and content, for comparing two moments. Names are read as bytes. */
export function fingerprint(folder: string, skip: readonly string[] = ['.git']): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: Buffer, shown: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true, encoding: 'buffer' })) {
      const name = entry.name.toString('latin1');
      if (skip.includes(name)) continue;
      const full = Buffer.concat([path, Buffer.from('/'), entry.name]);
      if (entry.isDirectory()) visit(full, `${shown}${name}/`);
      else if (entry.isSymbolicLink()) found[shown + name] = `link ${readlinkSync(full)}`;
      else
        found[shown + name] =
          `${(statSync(full).mode & 0o111) !== 0 ? 'x' : '-'} ${createHash('sha1').update(readFileSync(full)).digest('hex')}`;
    }
  };
  visit(Buffer.from(folder), '');
  return found;
}
