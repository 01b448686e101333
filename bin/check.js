// `npm run check`: types, lint and format, tests.
import { ensureBuilt, ensureInstalled, requireNode, runQuietly } from './setup.js';

requireNode();
ensureInstalled();
ensureBuilt();
runQuietly('npx', ['--no-install', 'tsc', '--noEmit'], 'The type check');
runQuietly('npx', ['--no-install', 'biome', 'check', '.'], 'Lint and format');
await import('./test.js');
