import { defaultExclude, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What starts the built program, terminals or many processes: `npm run test:fast` leaves it to `npm test`. */
const slow = [
  'test/{bench,ci,program,robust,sandbox}/**',
  'test/ui/**/screen*.test.ts',
  'test/{docs,record}.test.ts',
  'test/checkpoints/kill.test.ts',
  'test/core/atomic.test.ts',
  'test/doctor/shell-completions.test.ts',
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
/** What starts programs and changes nothing of its own process: what these files import is loaded once a worker, not once a file. */
const together = [
  'test/{acp,ci,demo,diagnostics,doctor,git-work,github,hooks,library,mcp,program,telemetry}/**/*.test.ts',
  'test/{docs,readme,record,rules}.test.ts',
  'test/robust/*.test.ts',
  'test/ui/{label,screen}/*.test.ts',
  // Those left out set variables of their environment, or load a database that does not leave its process.
  'test/checkpoints/!(checkpoints|surroundings).test.ts',
  'test/sandbox/!(confined-mounts|sandbox|watch-made).test.ts',
  'test/study/!(duckdb|fleet|replay-threads).test.ts',
  'test/ui/!(lone-lines).test.{ts,tsx}',
  'test/watch/!(ask-observer).test.ts',
];
const every = ['test/**/*.test.{ts,tsx}'];
const left = [...defaultExclude, ...(process.env.WINK_TESTS === 'fast' ? slow : [])];

/** The files that take longest, most of them short to read. */
const long =
  /test\/(?:program\/(?:wired-\w+|observer\/(?:live-and-replay|one-slot)|command-line\/demo)|robust\/(?:fault-table|attacks\/attacks)|ci\/recipes|record|tools\/bounds|study\/branch|ui\/screen\/screen-(?:product|built))\.test/;

/** Begins with them: vitest takes the largest files first, and would leave one worker with these at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => long.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: ['test/remove-bundles.ts', 'test/temporary-folders.ts'],
    setupFiles: ['test/note-folders.ts', 'test/remove-leftovers.ts'],
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is awaited comes when the machine gets to it; the default of one second is too short for a program's start among others.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      // They compute all the time: more workers than cores would only slow each other.
      {
        extends: true,
        mode,
        test: {
          name: 'shared',
          include: pure,
          exclude: left,
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      // The others wait for the programs that they start more than half of the time: four at once keep two cores busy.
      {
        extends: true,
        mode,
        test: {
          name: 'together',
          include: together,
          exclude: [...left, ...pure],
          isolate: false,
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        mode,
        test: {
          name: 'apart',
          include: every,
          exclude: [...left, ...pure, ...together],
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
}));
