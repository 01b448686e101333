import type { ReadingGate } from '../core/disk/reading-gate.ts';
import { gateByRules } from '../permissions/gate-by-rules.ts';
import type { Setup } from './setup.ts';

/** The gate for what a session reads by itself in its folder. */
export function sessionGate({ cwd, addDirs, env, home, loaded, copy }: Setup): ReadingGate {
  return gateByRules(loaded.config.permissions, {
    cwd,
    home: env.HOME ?? home,
    roots: [cwd, ...addDirs],
    readable: [],
    secretFolders: [],
    copy,
  });
}
