// `npm run check`: types, lint and format, packages that nobody imports, tests.
import { ensureBuilt, ensureInstalled, requireNode, runQuietly } from './setup.js';

requireNode();
ensureInstalled();
ensureBuilt();
runQuietly('npx', ['--no-install', 'tsc', '--noEmit'], 'The type check');
runQuietly('npx', ['--no-install', 'biome', 'check', '.'], 'Lint and format');
runQuietly('npx', ['--no-install', 'knip', '--no-progress'], 'The look for what is not used');
await import('./test.js');
