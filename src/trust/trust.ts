import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { writeFileAtomic } from '../core/disk/atomic.ts';
import { readRegular, readText } from '../core/disk/read-text.ts';
import { messageOf, UserError } from '../core/errors.ts';
import { fingerprint } from './fingerprint.ts';

/** Version 1 kept only when a folder was trusted; such a word is asked for again. */
const fileSchema = z.union([
  z.object({ version: z.literal(2), folders: z.record(z.string(), z.object({ at: z.string(), content: z.string() })) }),
  z.object({
    version: z.literal(1),
    folders: z.record(
      z.string(),
      z.string().transform((at) => ({ at, content: '' })),
    ),
  }),
]);

type Trusted = Record<string, { readonly at: string; readonly content: string }>;

/** `changed`: it was trusted, and what trust makes effective has changed since, or another repository lies at its path. */
export type TrustState = 'trusted' | 'changed' | 'untrusted';

/**
 * Whether the user trusted the repository of a folder. What counts is the real path of the nearest repository root; a repository inside
 * a trusted one (a submodule, a clone) needs its own word, a linked worktree shares that of its main folder. Outside of repositories a
 * trusted folder covers what lies in it. A list that can't be read trusts nothing.
 */
export function isTrusted(folder: string, home: string): boolean {
  return trustState(folder, home) === 'trusted';
}

/** As `isTrusted`, and whether the word was given for another content than what is there now. */
export function trustState(folder: string, home: string): TrustState {
  const trusted = readTrusted(home) ?? {};
  const { root, isRepository } = trustRoot(folder);
  const compare = (at: string): TrustState => {
    if (!Object.hasOwn(trusted, at)) return 'untrusted';
    return trusted[at]!.content === fingerprintOf(at, home) && isSameContent(root, at, home) ? 'trusted' : 'changed';
  };
  if (Object.hasOwn(trusted, root)) return compare(root);
  if (isRepository) return compare(mainFolder(root) ?? root);
  for (let at = dirname(root); !isTooWide(at); at = dirname(at)) if (Object.hasOwn(trusted, at)) return compare(at);
  return 'untrusted';
}

/** What trust of a folder is for: the root of its repository, or the folder itself outside of one. A real path. */
export function trustedFolder(folder: string): string {
  return trustRoot(folder).root;
}

/**
 * Trusts the repository of a folder, or the folder itself outside of one; gives the path that is trusted now. `content`: the fingerprint of
 * what the user has seen. Throws UserError.
 */
export async function trust(folder: string, home: string, content?: string): Promise<string> {
  const { root } = trustRoot(folder);
  await change(home, (folders) => {
    folders[root] = { at: new Date().toISOString(), content: content ?? fingerprint(root, home) };
  });
  return root;
}

/** Takes the word back; false when it was not given. Throws UserError. */
export async function distrust(folder: string, home: string): Promise<boolean> {
  const { root } = trustRoot(folder);
  let had = false;
  await change(home, (folders) => {
    had = Object.hasOwn(folders, root);
    delete folders[root];
  });
  return had;
}

/** The trusted folders, with the time each was trusted (ISO). */
export function listTrusted(home: string): { readonly folder: string; readonly at: string }[] {
  return Object.entries(readTrusted(home) ?? {}).map(([folder, { at }]) => ({ folder, at }));
}

/** A linked worktree shares the word of its main folder as long as it holds the same. */
function isSameContent(root: string, main: string, home: string): boolean {
  if (root === main || !existsSync(join(root, '.git'))) return true;
  const content = fingerprintOf(root, home);
  return content !== undefined && content === fingerprintOf(main, home);
}

/** Undefined where not all can be read that trust is for: then it holds for nothing. */
function fingerprintOf(root: string, home: string): string | undefined {
  try {
    return fingerprint(root, home);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function trustFile(home: string): string {
  return join(home, 'trust.json');
}

async function change(home: string, edit: (folders: Trusted) => void): Promise<void> {
  const folders = existsSync(trustFile(home)) ? readTrusted(home) : {};
  if (!folders)
    throw new UserError(`${trustFile(home)} can't be read as a list of trusted folders; fix it or remove it.`);
  edit(folders);
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    await writeFileAtomic(trustFile(home), `${JSON.stringify({ version: 2, folders }, undefined, 2)}\n`, 0o600);
  } catch (error) {
    throw new UserError(`${trustFile(home)} can't be written (${messageOf(error)}); WINK_TRUST=1 trusts for one run.`);
  }
}

function readTrusted(home: string): Trusted | undefined {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(readText(trustFile(home))));
    return parsed.success ? parsed.data.folders : undefined;
  } catch {
    return undefined;
  }
}

function trustRoot(folder: string): { root: string; isRepository: boolean } {
  const real = realFolder(folder);
  for (let at = real; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return { root: at, isRepository: true };
    if (dirname(at) === at) return { root: real, isRepository: false };
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}

/** Trusting the home folder or the root of the disk must not trust all that lies in it. */
function isTooWide(folder: string): boolean {
  return dirname(folder) === folder || folder === realFolder(homedir());
}

/**
 * The main folder of a linked worktree: its `.git` file names a folder below the main `.git/worktrees`, which must name the worktree in
 * turn, so that a folder from elsewhere can't pass itself off as one.
 */
function mainFolder(root: string): string | undefined {
  const link = join(root, '.git');
  try {
    if (!statSync(link).isFile()) return undefined;
    const aim = /^gitdir: (.+)$/m.exec(readRegular(link).toString('utf8'))?.[1];
    if (aim === undefined) return undefined;
    const folder = realpathSync(resolve(root, aim.trim()));
    const back = resolve(folder, readRegular(join(folder, 'gitdir')).toString('utf8').trim());
    const store = dirname(dirname(folder));
    if (
      basename(dirname(folder)) !== 'worktrees' ||
      basename(store) !== '.git' ||
      realpathSync(back) !== realpathSync(link)
    )
      return undefined;
    return dirname(store);
  } catch {
    return undefined;
  }
}
