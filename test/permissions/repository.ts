import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Target } from '../../src/core/tool.ts';
import { createLinkFinder } from '../../src/permissions/acting/linked-places.ts';
import { followGitStarted } from '../../src/permissions/git/git-started.ts';
import type { PermissionOptions } from '../../src/permissions/permissions.ts';
import { makePlace, permissionsOf } from './workspace.ts';

/** A repository with one commit, and permissions in mode edits over it as a session has them that keeps all of it. */
export function makeWorkspace() {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'wink-acting-')));
  const put = (path: string, text = 'x\n') => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  };
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...words], { cwd, stdio: 'pipe' }).toString();
  git('init', '-q', '-b', 'main');
  put('a.txt');
  git('add', '.');
  git('commit', '-qm', 'first');
  const gitStarted = followGitStarted([cwd]);
  const findLinked = createLinkFinder([cwd]);
  const permissions = (options: Partial<PermissionOptions> = {}) =>
    permissionsOf(makePlace(), {
      ...{ mode: 'edits', cwd, roots: [cwd], sandbox: () => ({ canConfine: true }) },
      keptFolders: async () => [{ root: cwd, environment: {}, left: [] }],
      ...{ actingPlaces: () => [...gitStarted.paths(), ...findLinked()], ...options },
    });
  const targets = (paths: readonly string[]) =>
    paths.map((path): Target => ({ kind: 'path', access: 'write', path: join(cwd, path) }));
  const rulingOn = async (paths: string | readonly string[], allow: readonly string[] = []) =>
    (await permissions({ rules: { allow } }).decide({ name: 'write', act: 'edit' }, targets([paths].flat()))).ruling;
  return { cwd, put, git, gitStarted, permissions, rulingOn };
}
