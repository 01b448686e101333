// `npm start`: set up what is missing, then run wink-agent with the arguments given.
import { ensureBuilt, ensureInstalled, requireNode } from './setup.js';

requireNode();
ensureInstalled();
ensureBuilt();
await import('./wink-agent.cjs');
