import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPermissions, type PermissionOptions, type Permissions } from '../../src/permissions/permissions.ts';

export type Place = { readonly cwd: string; readonly home: string; readonly outside: string };

/** A workspace with a few files, a secret, a link that leads out, and a home folder, all in one temporary folder. */
export function makePlace(): Place {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-permissions-')));
  const [cwd, home, outside] = [join(base, 'work'), join(base, 'home'), join(base, 'outside')];
  for (const folder of [join(cwd, 'src'), join(cwd, 'sub'), join(cwd, '.git'), join(home, '.ssh'), outside])
    mkdirSync(folder, { recursive: true });
  for (const file of [
    join(cwd, 'src/a.ts'),
    join(cwd, 'src/b.ts'),
    join(cwd, 'package.json'),
    join(cwd, '.env'),
    join(home, '.ssh/id_rsa'),
    join(outside, 'x'),
  ])
    writeFileSync(file, 'x\n');
  symlinkSync(outside, join(cwd, 'link-out'));
  return { cwd, home, outside };
}

/** Permissions over a place, mode ask without rules unless said otherwise. */
export function permissionsOf(place: Place, options: Partial<PermissionOptions> = {}): Permissions {
  return createPermissions({
    mode: 'ask',
    rules: {},
    cwd: place.cwd,
    roots: [place.cwd],
    home: place.home,
    ...options,
  });
}

/** The ruling on a shell command. */
export async function verdictOf(permissions: Permissions, command: string): Promise<string> {
  return (await permissions.decide({ name: 'shell', act: 'shell' }, [{ kind: 'command', command }])).ruling;
}
