import type { HoldProgram } from '../src/core/process/held-program.ts';

/** Starts everything as it does where there is no sandbox. */
export const unheld: HoldProgram = async ({ file, args }) => ({ file, args, env: {} });
