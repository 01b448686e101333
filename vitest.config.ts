import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/remove-bundles.ts',
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make real processes and terminals wait for each other.
    maxWorkers: 2,
  },
});
