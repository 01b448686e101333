import { readGitCommand } from '../../shell/program-words.ts';
import { featuresOf } from '../../step/features.ts';
import type { NormalizedCall } from '../../step/normalized-step.ts';
import { oneLine } from './account-text.ts';

/** A commit, a push and the like. */
export type GitFact = {
  readonly step: number;
  readonly verb: string;
  readonly command: string;
  readonly isError: boolean;
  /** What git said of it, in a few lines. */
  readonly said: string;
};

const maxGit = 40;
const gitVerbs =
  /^(?:add|commit|push|pull|merge|rebase|reset|checkout|switch|restore|stash|cherry-pick|revert|tag|am|apply|status)$/;
/** What git says of a commit, a push and a state of the work. */
const gitSays =
  /^\s*(?:\[[\w/.-]+ .*\] .*|\d+ files? changed.*|.*\bworking tree clean.*|nothing (?:to|added to) commit.*|no changes added.*|.* -> .*|!.*rejected.*|(?:CONFLICT|error:|fatal:|hint: .*conflict).*|(?:both )?(?:modified|deleted|added|new file|renamed): .*|(?:[MADRU?! ]{2}) \S.*|Your branch is .*|Everything up-to-date|Changes (?:not staged|to be committed).*|Untracked files:|HEAD is now .*)$/;
const maxSaid = 300;

/** Commits, pushes and the like, the last 40. */
export function followGitCalls() {
  const git: GitFact[] = [];
  return {
    add: (call: NormalizedCall, step: number): void => {
      for (const { words } of featuresOf(call).commands) {
        const verb = readGitCommand(words)?.verb;
        if (verb === undefined || !gitVerbs.test(verb)) continue;
        git.push({ step, verb, command: oneLine(words.join(' ')), isError: call.isError, said: gitWords(call.output) });
        if (git.length > maxGit) git.shift();
      }
    },
    git: (): readonly GitFact[] => git,
  };
}

function gitWords(output: string): string {
  const lines = output.split('\n', 400).filter((line) => gitSays.test(line));
  return lines
    .slice(0, 12)
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .join('; ')
    .slice(0, maxSaid);
}
