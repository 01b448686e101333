import { defaultExclude, defineConfig } from 'vitest/config';

/** What starts the built program, terminals or many processes: `npm run test:fast` leaves it to `npm test`. */
const slow = [
  'test/{bench,ci,program,robust,sandbox}/**',
  'test/ui/**/screen*.test.ts',
  'test/{docs,record,world}.test.ts',
  'test/checkpoints/kill.test.ts',
  'test/core/atomic.test.ts',
  'test/doctor/completions.test.ts',
  'test/mcp/hub.test.ts',
  'test/study/{branch,replay-threads}.test.ts',
  'test/tools/bounds.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: 'test/remove-bundles.ts',
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: [...defaultExclude, ...(process.env.WINK_TESTS === 'fast' ? slow : [])],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make real processes and terminals wait for each other.
    maxWorkers: 2,
  },
});
