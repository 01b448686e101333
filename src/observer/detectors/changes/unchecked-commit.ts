import { plainToolName } from '../../../core/classify-tool.ts';
import { nameSource } from '../../guards/constraint-guard.ts';
import { makeSignal } from '../../signal.ts';
import { findCommitDemand } from '../../step/checks/check-demands.ts';
import { followChecksAndChanges } from '../../step/checks/checks-and-changes.ts';
import { followUsersChecks } from '../../step/checks/users-checks.ts';
import { followGit } from '../../step/claims/git-record.ts';
import { featuresOf } from '../../step/features.ts';
import { nameFiles } from '../../step/files/name-files.ts';
import type { Detector, NormalizedStep, RunFacts } from '../../step/normalized-step.ts';
import { rememberLatest } from '../../step/remember-latest.ts';
import { isHere } from '../turn-end/git-claim.ts';

/** The commit is wanted as it is. */
const asItIs =
  /--no-verify|\b(?:wip|work in progress|as (?:it )?is|without (?:running |the )?(?:tests?|checks?|lint\w*)|skip (?:the )?(?:tests?|checks?|lint\w*|hooks?))\b/i;
/** What hooks print that check what is committed. */
const hookRan = /\b(?:husky|lint-staged|pre-commit|lefthook|prek)\b|\b\d+ (?:passed|passing)\b|\.{6,}\s*Passed\b/i;

/** A repository made for a try is not the one whose instructions these are. */
const scratch = /\bmktemp\b|(?:^|[\s='"])(?:\/private)?\/(?:tmp|var\/(?:tmp|folders))\/|\bgit init\b/;

/** The step at which a check was last asked for because of a commit: what asks for one at the end of the turn need not say it again. */
export type AskedChecks = { at: number | undefined };

/** Sessions of one repository have the same instructions. */
const knownDemands = rememberLatest<string | undefined>(60);

type Demand = { readonly quote: string; readonly source: string };

/**
 * Code that nothing was run against since its last change is committed, where the repository's instructions or the user want a check before each
 * commit. Silent when the user wants the commit as it is or checks by themselves, when a hook ran, and when a subagent may have checked.
 */
export function createUncheckedCommit(facts: RunFacts, asked: AskedChecks = { at: undefined }): Detector {
  const evidence = followChecksAndChanges({ isAcrossTurns: true });
  const git = followGit((path) => isHere(path, facts.cwd));
  const theirs = followUsersChecks(facts);
  let demand = [...(facts.instructions ?? []), { text: facts.task, source: 'user' }]
    .map(({ text, source }) => readDemand(text, source))
    .find((found) => found !== undefined);
  let isWantedAsItIs = asItIs.test(facts.task.slice(0, 20_000));

  const readWords = (texts: readonly string[]) => {
    if (texts.length === 0) return;
    const text = texts.join('\n');
    isWantedAsItIs = asItIs.test(text.slice(0, 20_000));
    demand = readDemand(text, 'user') ?? demand;
    theirs.readWords(texts.filter((each) => each !== facts.task));
  };

  return {
    name: 'unchecked-commit',
    feed: (step) => {
      readWords(step.userTexts);
      // What a subagent did is not in the record.
      if (step.calls.some(({ name }) => /^(?:task|agent|subagent|delegate|spawnagent)$/.test(plainToolName(name))))
        evidence.forget();
      git.feed(step);
      evidence.feed(step);
      const { lastCommit } = git.read();
      if (demand === undefined || lastCommit?.step !== step.index || lastCommit.hasFailed) return [];
      const { lastEdit, unchecked: changed } = evidence.read();
      const unchecked = changed.filter((path) => isHere(path, facts.cwd) && !/[$*]/.test(path));
      evidence.forget();
      if (lastEdit === undefined || unchecked.length === 0 || isWantedAsItIs || theirs.isTheirs(unchecked)) return [];
      if (demand.source !== 'user' && theirs.areWaived()) return [];
      const isElsewhere = ({ command = '' }: { command?: string | undefined }) => scratch.test(command);
      if (step.calls.some((call) => hookRan.test(call.output) || isElsewhere(featuresOf(call)))) return [];
      asked.at = step.index;
      return [describe(step, demand, unchecked, lastEdit)];
    },
  };
}

function readDemand(text: string, source: string): Demand | undefined {
  const words = text.slice(0, 100_000);
  const quote = knownDemands(words, () => findCommitDemand(words));
  return quote === undefined ? undefined : { quote, source };
}

function describe(step: NormalizedStep, { quote, source }: Demand, unchecked: readonly string[], lastEdit: number) {
  return makeSignal({
    detector: 'unchecked-commit',
    class: 'did-not-follow-instructions',
    step: step.index,
    confidence: 0.8,
    evidenceSteps: [lastEdit, step.index],
    evidence: `${nameSource(source)} “${quote}”, and this commit holds ${nameFiles(unchecked)}, which nothing has checked since the last change`,
    streak: step.index,
  });
}
