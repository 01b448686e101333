import type { ReadingGate } from '../../src/core/disk/reading-gate.ts';

/** No rules: everything passes. */
export const openGate: ReadingGate = { whyClosed: () => undefined, isUnnamed: () => false };
