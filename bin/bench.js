// `npm run bench`: bundles the measuring programs next to the product and runs them; `-- --help` lists the parts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root } from './setup.js';

requireNode();
ensureInstalled();
ensureBuilt();
const { build } = await import('esbuild');
const { bundleSettings } = await import('./bundle.js');
const target = join(root, 'node_modules/.wink-bench');
await build({
  ...bundleSettings,
  absWorkingDir: root,
  entryPoints: { bench: 'test/bench/bench.ts', floor: 'test/bench/floor.ts' },
  outdir: target,
  external: ['@lydell/node-pty'],
});
const { status } = spawnSync(
  process.execPath,
  [join(target, 'bench.js'), ...process.argv.slice(2).filter((word) => word !== '--')],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);
