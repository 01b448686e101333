import { join, resolve } from 'node:path';

/** Programs of the tests start in new homes; with this in their environment, only the first of a build compiles its code. */
export const compiledCode = {
  NODE_COMPILE_CACHE: join(resolve(import.meta.dirname, '..'), 'node_modules/.cache/wink-agent-compiled'),
};
