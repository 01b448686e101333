// `npm test`: set up what is missing, build (tests of the real threads and of the program use the bundle), then run the tests.
// `npm run test:fast` (--fast) leaves out those that start programs and terminals.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root } from './setup.js';

requireNode();
ensureInstalled();
ensureBuilt();
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const words = process.argv.slice(2).filter((word) => word !== '--fast');
const isFast = process.argv.includes('--fast');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...words], {
  cwd: root,
  env: { ...process.env, ...(isFast ? { WINK_TESTS: 'fast' } : {}) },
  stdio: 'inherit',
});
process.exit(status ?? 1);
