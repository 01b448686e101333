// `npm run check`: types, lint and format, packages that nobody imports, beside each other; then tests.
import { ensureBuilt, ensureInstalled, requireNode, runBeside } from './setup.js';

requireNode();
ensureInstalled();
ensureBuilt();
const ended = await Promise.all([
  runBeside('npx', ['--no-install', 'tsc', '--noEmit'], 'The type check'),
  runBeside('npx', ['--no-install', 'biome', 'check', '.'], 'Lint and format'),
  runBeside('npx', ['--no-install', 'knip', '--no-progress'], 'The look for what is not used'),
]);
if (ended.includes(false)) process.exit(1);
await import('./test.js');
