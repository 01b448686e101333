import { afterEach } from 'vitest';
import { removeLeftovers } from './leftovers.ts';

// Vitest's setup of every file: a helper that several files of one process import could register a hook for the first of them only.
afterEach(removeLeftovers);
