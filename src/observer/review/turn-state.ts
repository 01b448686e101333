import type { Signal } from '../../core/types.ts';
import { isOfKind } from '../ledger/check/file-sets.ts';
import { programWords, readGitCommand } from '../shell/program-words.ts';
import { touchesOf } from '../shell/touches.ts';
import { featuresOf } from '../step/features.ts';
import { pathsOf } from '../step/files/edit-texts.ts';
import type { NormalizedCall, NormalizedStep } from '../step/normalized-step.ts';
import { madeChange, readCheck } from './account/check-result.ts';
import type { PremiseClue } from './premise-clues.ts';

/** Why the work so far is worth a review in the middle of a turn. */
export type DriftOccasion = 'test-change' | 'outside-change' | 'commit';

/** What the schedule knows of the turn that goes on, and of what was not reviewed yet. */
export type TurnState = {
  readonly add: (step: NormalizedStep) => void;
  /** Something was done since the last review of a turn's end that can be held against words. */
  readonly hasActed: () => boolean;
  readonly review: (isWhole: boolean) => void;
  /** It had ended before, and no new words of the user came. */
  readonly isReopened: () => boolean;
  readonly end: () => void;
  /** A clue when the agent has been found to go in circles or to fail for some time. */
  readonly stuckIn: (strong: readonly Signal[]) => PremiseClue[];
  /** A rule has found lately that the agent goes in circles or fails: the same error once more is part of that. */
  readonly isStuck: (step: number) => boolean;
  /** Why a review of the work so far is due after this step. */
  readonly driftIn: (step: NormalizedStep) => DriftOccasion | undefined;
};

/** Counts of findings of loops and failing calls in one turn at which it is asked whether a wrong belief keeps them going. */
const stuckAt: ReadonlySet<number> = new Set([2, 6]);
/** Steps after such a finding in which an error that comes again is not asked about by itself. */
const stuckFor = 3;

export function createTurnState(): TurnState {
  let words = '';
  let hasActed = false;
  let hasEnded = false;
  let wasRed = false;
  let hasLeftScope = false;
  let hasUnreviewedChange = false;
  let number = 0;
  let stuckCount = 0;
  let stuckStep = Number.NEGATIVE_INFINITY;

  function start(texts: readonly string[]): void {
    number += 1;
    stuckCount = 0;
    words = texts.join('\n');
    hasEnded = false;
    wasRed = false;
    hasLeftScope = false;
  }

  /** A file changed that the request does not name although it names some, or any at all where it only asks. */
  function leavesScope(call: NormalizedCall): boolean {
    const { isChange, path } = featuresOf(call);
    if (hasLeftScope || !isChange || path === undefined) return false;
    if (isQuestion(words)) return true;
    return namesFiles(words) && !words.includes(nameOf(path)) && !isOfKind(path, 'tests');
  }

  return {
    add: (step) => {
      if (step.userTexts.length > 0) start(step.userTexts);
      hasActed ||= step.calls.some(isActed);
    },
    hasActed: () => hasActed,
    review: (isWhole) => {
      if (isWhole) hasActed = false;
      hasUnreviewedChange = false;
    },
    isReopened: () => hasEnded,
    end: () => {
      hasEnded = true;
    },
    stuckIn: (strong) => {
      const stuck = strong.find(({ class: name }) => name === 'infinite-loop' || name === 'tool-call-failure');
      if (stuck === undefined) return [];
      stuckCount += 1;
      stuckStep = stuck.step;
      if (!stuckAt.has(stuckCount)) return [];
      return [{ occasion: 'stuck', steps: stuck.evidenceSteps.slice(-4), key: `stuck:${number}:${stuckCount}` }];
    },
    isStuck: (step) => step - stuckStep < stuckFor,
    driftIn: (step) => {
      let occasion: DriftOccasion | undefined;
      for (const call of step.calls) {
        if (wasRed && changesTest(call)) occasion ??= 'test-change';
        if (leavesScope(call)) {
          occasion ??= 'outside-change';
          hasLeftScope = true;
        }
        if (handsOver(call)) {
          if (hasUnreviewedChange) occasion ??= 'commit';
        } else if (featuresOf(call).isChange) hasUnreviewedChange = true;
        const check = readCheck(call);
        if (check !== undefined) wasRed = check.color === 'red';
      }
      return occasion;
    },
  };
}

/** By a tool or by a shell line. */
function changesTest(call: NormalizedCall): boolean {
  if (!madeChange(call)) return false;
  const { commands } = featuresOf(call);
  const paths =
    call.act === 'shell'
      ? touchesOf(commands, new Map()).flatMap(({ path, how }) => (how === 'folder' ? [] : [path]))
      : pathsOf(call);
  return [...paths, ...(call.changedFiles ?? [])].some((path) => isOfKind(path, 'tests'));
}

/** Something was done, or tried, that a review can hold against words. */
function isActed(call: NormalizedCall): boolean {
  const { isLook, commands } = featuresOf(call);
  switch (call.act) {
    case 'edit':
    case 'write':
      return true;
    case 'shell':
      return !isLook && !commands.every(({ words }) => looksAtHost(programWords(words)));
    case 'other':
      return !onlyLooks(call);
    default:
      return false;
  }
}

/** `gh pr view` and the like. */
function looksAtHost([program, , verb, ...rest]: readonly string[]): boolean {
  if (program !== 'gh' && program !== 'glab') return false;
  return /^(?:view|diff|list|status|checks)$/.test(verb ?? '') && !rest.includes('--web');
}

/** A subagent that explores, a list of tasks, a text of instructions. */
function onlyLooks({ name, input }: NormalizedCall): boolean {
  const kind = input.subagent_type ?? input.agent ?? input.kind;
  return /^(?:task_?list|task_?get|skill)$/i.test(name) || (typeof kind === 'string' && /^explor/i.test(kind));
}

/** Stages, commits or pushes. */
function handsOver(call: NormalizedCall): boolean {
  return featuresOf(call).commands.some(({ words }) => /^(?:add|commit|push)$/.test(readGitCommand(words)?.verb ?? ''));
}

/** Asks for an answer and for nothing to be done. */
function isQuestion(words: string): boolean {
  return (
    words.length < 600 &&
    /\?\s*$/.test(words.trim()) &&
    !/\b(?:fix|add|implement|change|update|make|write|create|remove|rename|move|commit|push|can you|could you|please|let['’]?s|go ahead|do it)\b/i.test(
      words,
    )
  );
}

function namesFiles(words: string): boolean {
  return /[\w-]\.(?:[cm]?[jt]sx?|py|rb|php|go|rs|java|kt|c|cc|cpp|h|cs|swift|scala|vue|svelte|css|html|md|json|ya?ml|toml)\b/.test(
    words,
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
