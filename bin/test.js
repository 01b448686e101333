// `npm test`: set up what is missing, build (tests of the real threads and of the program use the bundle), then run the tests.
// `npm run test:fast` (--fast) leaves out those that start programs and terminals.
// Where it may, it gives the tests a /tmp of their own in memory: on some disks a file takes a hundred times as long to make.
import { spawnSync } from 'node:child_process';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root } from './setup.js';

requireNode();
ensureInstalled();
ensureBuilt();
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const words = process.argv.slice(2).filter((word) => word !== '--fast');
const isFast = process.argv.includes('--fast');
const [file, ...more] = [...memoryInPlaceOfTmp(), process.execPath, vitest, 'run', ...words];
const { status } = spawnSync(file, more, {
  cwd: root,
  env: { ...process.env, ...(isFast ? { WINK_TESTS: 'fast' } : {}) },
  stdio: 'inherit',
});
process.exit(status ?? 1);

/** The command that starts another in such a place, or nothing where that can't be mounted, memory is short or what lies in /tmp is needed. */
function memoryInPlaceOfTmp() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || process.env.TMPDIR) return [];
  if (freemem() < 4e9 || [root, process.execPath, ...words].some((word) => word.includes('/tmp/'))) return [];
  const mount = 'mount -t tmpfs -o mode=1777 tests /tmp && exec "$@"';
  const command = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', mount, 'sh'];
  return spawnSync(command[0], [...command.slice(1), 'true']).status === 0 ? command : [];
}
