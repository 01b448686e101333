import { makeSignal } from '../../signal.ts';
import { followChecksAndChanges } from '../../step/checks/checks-and-changes.ts';
import { followUsersChecks } from '../../step/checks/users-checks.ts';
import { announcesMore, leavesToUser } from '../../step/claims/last-words.ts';
import { nameFiles } from '../../step/files/name-files.ts';
import type { Detector, RunFacts } from '../../step/normalized-step.ts';
import type { AskedChecks } from '../changes/unchecked-commit.ts';

/**
 * The turn ends after a change of code that nothing was run against: no test, no build, no run of the program since the
 * last change. Documentation, configuration and comments need none, and a turn that is left to the user (a question, an offer to run the
 * check, files that they run each time, tests that are run only on their word) is only noted, as is one where a commit was the reason
 * to ask for the check already. Once in
 * a turn of the user's; when the agent was asked for a check and ended again without one, there isn't one to run here, and nothing more
 * is said of it in the session.
 */
export function createUnverifiedFinish(
  facts: Pick<RunFacts, 'task' | 'instructions'>,
  asked: AskedChecks = { at: undefined },
): Detector {
  const theirs = followUsersChecks(facts);
  const evidence = followChecksAndChanges();
  let foundAt: number | undefined;
  let isDeclined = false;
  return {
    name: 'unverified-finish',
    feed: (step) => {
      evidence.feed(step);
      theirs.readWords(step.userTexts.filter((text) => text !== facts.task));
      if (step.userTexts.length > 0) foundAt = undefined;
      return [];
    },
    finish: (step) => {
      const { lastEdit, lastCheck, lastTest, unchecked } = evidence.read();
      const isTheirs = theirs.isTheirs(unchecked);
      const isAsked = asked.at !== undefined && asked.at >= (lastEdit ?? 0);
      theirs.endTurn(step.text.slice(-2000), unchecked);
      if (lastEdit === undefined || lastCheck !== undefined || isDeclined) return [];
      if (announcesMore(step.text)) return [];
      if (foundAt !== undefined) {
        isDeclined = lastEdit <= foundAt;
        return [];
      }
      foundAt = step.index;
      return [
        makeSignal({
          detector: 'unverified-finish',
          class: 'unverified-finish',
          step: step.index,
          confidence: lastTest === undefined && !leavesToUser(step.text) && !isTheirs && !isAsked ? 0.75 : 0.6,
          evidenceSteps: [lastEdit, step.index],
          evidence: `${nameFiles(unchecked)} ${unchecked.length === 1 ? 'was' : 'were'} changed, and nothing that checks ${unchecked.length === 1 ? 'it' : 'them'} was run after the last change`,
          streak: step.index,
        }),
      ];
    },
  };
}
