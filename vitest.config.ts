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

/** What leaves nothing behind in its process: these files share one, and what they import is loaded once instead of 150 times. */
const pure = [
  'test/{agent,config,context,core,memory,model,modes,observer,permissions,providers,session,slash-commands,store,trust,web}/**/*.test.ts',
  'test/study/{experiment,progress,report-words,statistics}.test.ts',
  'test/tools/{diff-view,edit,edit-match,index,read,seeing,write}.test.ts',
  'test/ui/{buffer,completion,consent,keys,reduce,sanitize,string-width,vim}.test.ts',
  'test/ui/label/press.test.ts',
];
const every = ['test/**/*.test.{ts,tsx}'];
const left = [...defaultExclude, ...(process.env.WINK_TESTS === 'fast' ? slow : [])];

export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: 'test/remove-bundles.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make real processes and terminals wait for each other.
    maxWorkers: 2,
    projects: [
      { extends: true, mode, test: { name: 'shared', include: pure, exclude: left, isolate: false } },
      { extends: true, mode, test: { name: 'apart', include: every, exclude: [...left, ...pure] } },
    ],
  },
}));
