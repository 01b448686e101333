import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Signal } from '../../core/types.ts';
import { relativePath } from '../ledger/check/check-targets.ts';
import { pathsIn } from '../ledger/grammar/file-words.ts';
import { makeSignal } from '../signal.ts';
import { admitsRest, readGitClaims } from '../step/claims/git-claims.ts';
import { isBorneOut, readWorkClaims, testText, type WorkClaim } from '../step/claims/work-claims.ts';
import { featuresOf } from '../step/features.ts';
import { fileTouchesOf } from '../step/files/file-touches.ts';
import type { NormalizedStep, RunFacts } from '../step/normalized-step.ts';
import type { RepositoryState } from './repository-state.ts';

/** A look at the world where the last words of a turn make claims about it. */
export type ClaimCheck = {
  readonly feed: (step: NormalizedStep) => void;
  /** What the last words say that the world contradicts; nothing when the turn did not act or claims nothing of the kind. Never throws. */
  readonly look: () => Promise<readonly Signal[]>;
};

const maxFiles = 2000;
const madeFile = /\b(?:created|added|wrote|written|saved|generated)\b[^.\n]{0,80}$/i;
const unmade = /\b(?:deleted|removed|renamed|moved|not|would|could|should|will|can|if|example|outside)\b/i;
const asksToChange =
  /\b(?:add|update|change|edit|modify|fix|implement|create|write|extend|rename|refactor|document|adapt|adjust)\b/i;

/**
 * At the end of a turn that acted, in the observer's own thread: what the turn's last words say of commits, pushes and new files is compared with
 * the repository as it is, and the files that the user named for a change with those that were changed. `read` gives the repository's state.
 */
export function createClaimCheck(
  facts: Pick<RunFacts, 'task' | 'cwd' | 'dirtyFiles'>,
  read: (cwd: string) => Promise<RepositoryState | undefined>,
): ClaimCheck {
  const changed = new Set<string>();
  let asked = facts.task;
  let hasActed = false;
  /** Something else may have changed files: a subagent, a tool of a server's. */
  let isOpen = false;
  let hasTestText = false;
  let mayHavePushed = false;
  let last: NormalizedStep | undefined;

  const noteChanges = (step: NormalizedStep) => {
    for (const call of step.calls) {
      if (call.isError) continue;
      hasActed ||= featuresOf(call).isChange;
      isOpen ||= call.act === 'other';
      mayHavePushed ||= /\bpush\b|\bgh\b/.test(featuresOf(call).command ?? '');
      hasTestText ||= call.act !== 'read' && testText.test(JSON.stringify(call.input).slice(0, 200_000));
      for (const { path } of fileTouchesOf(call))
        if (changed.size < maxFiles) changed.add(relativePath(path, facts.cwd));
    }
  };

  return {
    feed: (step) => {
      if (step.userTexts.length > 0) {
        asked = step.userTexts.join('\n');
        hasActed = false;
      }
      noteChanges(step);
      last = step;
    },
    look: async () => {
      if (last === undefined || !hasActed) return [];
      const own = [...changed].filter((path) => !facts.dirtyFiles.includes(path));
      const claims = admitsRest.test(last.text) ? [] : readGitClaims(last.text);
      const work = isOpen ? [] : readWorkClaims(last.text).filter((claim) => !isBorneOut(claim, changed));
      const state = claims.length + work.length === 0 ? undefined : await read(facts.cwd);
      const contradiction =
        state === undefined ? undefined : contradictClaims(claims, state, own, isOpen || mayHavePushed);
      if (contradiction !== undefined) return [describeClaim(last, contradiction)];
      const missing = missingFile(last.text, facts.cwd);
      if (missing !== undefined) return [describeMissing(last, missing)];
      const empty =
        state && work.find((claim) => !isInRepository(claim, state) && !(claim.kind === 'tests' && hasTestText));
      if (empty !== undefined) return [describeClaim(last, { ...empty, what: nothingOf[empty.kind] })];
      const untouched = untouchedFiles(asked, changed, facts.cwd);
      return untouched.length === 0 ? [] : [describeUntouched(last, untouched)];
    },
  };
}

/** What was changed outside of the record, by a command or before the session, counts as well. */
function isInRepository(claim: WorkClaim, { uncommitted, recent }: RepositoryState): boolean {
  return isBorneOut(claim, [...uncommitted.keys(), ...recent]);
}

const nothingOf: Readonly<Record<WorkClaim['kind'], string>> = {
  tests: 'no test has changed, neither in this session nor in the repository',
  docs: 'no documentation has changed, neither in this session nor in the repository',
  readme: 'no README has changed, neither in this session nor in the repository',
  changelog: 'no changelog has changed, neither in this session nor in the repository',
};

type Contradiction = { readonly sentence: string; readonly what: string };

function contradictClaims(
  claims: ReturnType<typeof readGitClaims>,
  { upstream, ahead, uncommitted, isOnRemote }: RepositoryState,
  own: readonly string[],
  mayHavePushed: boolean,
): Contradiction | undefined {
  for (const { kind, sentence } of claims) {
    const left = own.filter((path) => uncommitted.has(path) && (kind !== 'staged' || !uncommitted.get(path)!.isStaged));
    if (left.length > 0)
      return {
        sentence,
        what: `${listed(left)} ${left.length === 1 ? 'has' : 'have'} changes that are ${kind === 'staged' ? 'not staged' : 'in no commit'}`,
      };
    if (kind === 'pushed' && !mayHavePushed && !isOnRemote)
      return { sentence, what: 'no remote branch contains the current commit' };
    if (kind === 'pushed' && upstream !== undefined && ahead > 0)
      return { sentence, what: `the branch is ${ahead} ${ahead === 1 ? 'commit' : 'commits'} ahead of ${upstream}` };
  }
  return undefined;
}

/** A file that the last words say was made, named with its folder, and that is not there. */
function missingFile(text: string, cwd: string): string | undefined {
  for (const line of text.slice(-8000).split('\n')) {
    if (unmade.test(line)) continue;
    for (const match of line.matchAll(/`([\w@.-]+(?:\/[\w@.-]+)+\.\w{1,8})`/g)) {
      const isMade = madeFile.test(line.slice(0, match.index));
      if (isMade && !existsSync(resolve(cwd, match[1]!))) return match[1];
    }
  }
  return undefined;
}

/** Files that the user named for a change and nothing has changed, when others that they named were: a part may be left out. */
function untouchedFiles(asked: string, changed: ReadonlySet<string>, cwd: string): string[] {
  const named = new Set(
    asked
      .slice(0, 20_000)
      .split(/(?<=[.!?;])\s+|\n+/)
      .filter((sentence) => asksToChange.test(sentence))
      .flatMap(pathsIn)
      .map((path) => relativePath(path.replace(/^\.\//, ''), cwd))
      .filter((path) => /\.\w+$/.test(path) && !path.includes('*')),
  );
  const isTouched = (path: string) => [...changed].some((one) => one === path || one.endsWith(`/${path}`));
  const left = [...named].filter((path) => !isTouched(path));
  return left.length === 0 || left.length === named.size ? [] : left.filter((path) => existsSync(resolve(cwd, path)));
}

function listed(paths: readonly string[]): string {
  const named = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${named} and ${paths.length - 3} more` : named;
}

function describeClaim({ index }: NormalizedStep, { sentence, what }: Contradiction): Signal {
  return makeSignal({
    detector: 'git-claim',
    class: 'false-claim',
    step: index,
    confidence: 0.85,
    evidenceSteps: [index],
    evidence: `“${sentence}” was said, and ${what}`,
    streak: index,
  });
}

function describeMissing({ index }: NormalizedStep, file: string): Signal {
  return makeSignal({
    detector: 'completion-claim',
    class: 'false-claim',
    step: index,
    confidence: 0.8,
    evidenceSteps: [index],
    evidence: `the turn ends with words of a new file ${file}, and there is no such file`,
    streak: index,
  });
}

/** Only for the judge: the user may have named a file for another reason. */
function describeUntouched({ index }: NormalizedStep, files: readonly string[]): Signal {
  return makeSignal({
    detector: 'completion-claim',
    class: 'premature-stop',
    step: index,
    confidence: 0.6,
    evidenceSteps: [index],
    evidence: `the user named ${listed(files)} for a change, and nothing has changed ${files.length === 1 ? 'it' : 'them'}`,
    streak: `untouched:${index}`,
  });
}
