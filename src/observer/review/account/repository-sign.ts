import { readGitCommand } from '../../shell/program-words.ts';
import { featuresOf } from '../../step/features.ts';
import type { NormalizedCall } from '../../step/normalized-step.ts';

/** Whether the work folder is in a git repository; undefined where nothing shows it. */
export type RepositorySign = {
  readonly add: (call: NormalizedCall) => void;
  readonly isRepository: () => boolean | undefined;
};

const noRepository = /\bnot a git repository\b/i;
/** Git commands that say nothing of the folder in which they run. */
const placeless = /^(?:--version|version|help|config|clone|ls-remote)$/;

/** Reads it from what git answered and from listings of the work folder, while no `cd` has left that. */
export function followRepositorySign(): RepositorySign {
  let found: boolean | undefined;
  let hasMoved = false;

  function readListing(call: NormalizedCall, words: readonly string[]): void {
    const [program, ...rest] = words;
    const options = rest.filter((word) => word.startsWith('-')).join('');
    const isHere = rest.every((word) => word.startsWith('-') || word === '.' || word === './');
    if (program !== 'ls' || !isHere || !/a/i.test(options) || hasMoved || call.isError) return;
    const names = call.output.split('\n', 500).map((line) => line.trim().split(/\s+/).at(-1));
    if (names.includes('.git')) found = true;
    else if (names.includes('.') && names.includes('..')) found ??= false;
  }

  return {
    add: (call) => {
      for (const { words } of featuresOf(call).commands) {
        const verb = readGitCommand(words)?.verb;
        if (verb !== undefined && !placeless.test(verb)) {
          if (noRepository.test(call.output)) found ??= false;
          else if (!call.isError) found = true;
        }
        readListing(call, words);
        hasMoved ||= words[0] === 'cd' || words[0] === 'pushd';
      }
    },
    isRepository: () => found,
  };
}
