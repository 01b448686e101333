import { makeSignal } from '../../signal.ts';
import { admitsRest, type GitClaim, readGitClaims } from '../../step/claims/git-claims.ts';
import { followGit, type GitRecord } from '../../step/claims/git-record.ts';
import { nameFiles } from '../../step/files/name-files.ts';
import type { Detector, NormalizedStep, RunFacts } from '../../step/normalized-step.ts';

/**
 * The turn ends with words about the repository that the record of the run contradicts: "committed" or "pushed" though the agent changed files
 * after its last commit and neither staged nor committed any of them, "staged" though nothing was, or though the last commit or push
 * failed. Only what the agent's own calls and the output of git show counts; what may have happened elsewhere makes it silent.
 */
export function createGitClaim(facts: Pick<RunFacts, 'cwd'>): Detector {
  const record = followGit((path) => isHere(path, facts.cwd));
  return {
    name: 'git-claim',
    feed: (step) => {
      record.feed(step);
      return [];
    },
    finish: (step) => {
      if (admitsRest.test(step.text)) return [];
      for (const claim of readGitClaims(step.text)) {
        const finding = contradict(claim, record.read());
        if (finding !== undefined) return [describe(step, claim, finding)];
      }
      return [];
    },
  };
}

/** Whether a path belongs to the repository: not a plan in the home folder, not a scratch file. */
export function isHere(path: string, cwd: string): boolean {
  if (!path.startsWith('/') && !path.startsWith('~')) return !path.startsWith('../');
  return cwd !== '' && path.startsWith(`${cwd}/`) && !path.slice(cwd.length).startsWith('/.git/');
}

type Contradiction = { readonly what: string; readonly step: number };

function contradict({ kind }: GitClaim, { loose, lastCommit, lastPush }: GitRecord): Contradiction | undefined {
  if (kind === 'pushed' && lastPush?.hasFailed) return { what: 'the last push failed', step: lastPush.step };
  if (kind === 'committed' && lastCommit?.hasFailed && lastCommit.isOfThisTurn)
    return { what: 'the last commit failed', step: lastCommit.step };
  if (loose.size === 0) return undefined;
  const steps = [...loose.values()];
  const isAfterCommit = kind === 'staged' || lastCommit === undefined || Math.min(...steps) > lastCommit.step;
  // A commit or push of this turn may be what is reminded of, and the change may have come after it.
  const isMentioned =
    (kind === 'committed' && lastCommit?.isOfThisTurn) ||
    (kind === 'pushed' && lastPush?.isOfThisTurn && Math.min(...steps) > lastPush.step);
  if (!isAfterCommit || isMentioned) return undefined;
  const undone =
    kind === 'staged' ? 'changed and never added' : 'changed and in no commit: nothing was added or committed since';
  return {
    what: `${nameFiles([...loose.keys()])} ${loose.size === 1 ? 'is' : 'are'} ${undone}`,
    step: Math.max(...steps),
  };
}

function describe(step: NormalizedStep, claim: GitClaim, { what, step: at }: Contradiction) {
  return makeSignal({
    detector: 'git-claim',
    class: 'false-claim',
    step: step.index,
    confidence: 0.8,
    evidenceSteps: [at, step.index],
    evidence: `“${claim.sentence}” was said, and ${what}`,
    streak: step.index,
  });
}
