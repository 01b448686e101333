import { endOfPrompt } from '../../core/prompt.ts';
import type { CompletionReport } from '../../core/run/task-report.ts';
import type { Step, Trajectory } from '../../core/types.ts';
import type { Timeline } from '../journal.ts';
import { normalizeStep } from '../step/normalize-step.ts';
import type { FromWorker } from '../worker/protocol.ts';
import { asksForSomething, writeCompletionReport } from './write-report.ts';

/** Follows where the task at hand began, and writes its report. */
export type TaskFollower = {
  /** Whether the judge reviewed the end of the turn is known from what the worker says. */
  readonly read: (message: FromWorker) => void;
  /** `changedFiles`: what the disk shows as changed by the turn, relative to `cwd`. Ends the task unless the next words only say to go on. */
  readonly report: (timeline: Timeline, changedFiles: readonly string[]) => CompletionReport | undefined;
  /** The user stopped the turn: nothing is reported of it, and it belongs to what follows only where that says to go on. */
  readonly stop: () => void;
};

/** Steps of one task that are read: a night's work is still read in under a second. */
const maxSteps = 3000;

/** Words that ask for nothing new, without punctuation: the work before them goes on. */
const goingOn =
  /^(?:(?:ok|okay|yes|yep|yeah|sure|fine|good|great|thanks|thank you|and|now|then|just|please|pls|so|ja) ?)*(?:(?:go on|go ahead|continue|keep going|carry on|proceed|resume|do (?:it|that|so|them|both|all)|finish|try again|once again|retry|next|more|the rest|start|mach weiter|weiter)(?: (?:it|all|please|then|now|up|with (?:it|that|them|the rest|the plan)|the rest|the plan))*)?$/;
/** Words of an answer, where the agent has asked. */
const answerWords = 15;

/**
 * `trajectory`: read only. A turn whose words only say to go on, or answer what the agent asked at the end of the one before, belongs to the
 * task before it; with any others a new task begins, even if they ask for nothing that a report lists.
 */
export function followTask(trajectory: Trajectory, cwd: string): TaskFollower {
  let taskStart: number | undefined;
  let turnStart = trajectory.steps.length;
  let reviewed = -1;
  let latest = '';
  const endTurn = () => {
    taskStart = beginsTask(trajectory.steps, turnStart)
      ? turnStart
      : (taskStart ?? findTask(trajectory.steps.slice(0, turnStart)));
    turnStart = trajectory.steps.length;
    return taskStart;
  };
  return {
    read: (message) => {
      if (message.kind === 'settled' && message.isReviewed === true) reviewed = message.index;
    },
    report: ({ signals, verdicts }, changedFiles) => {
      const steps = trajectory.steps.slice(endTurn()).slice(-maxSteps);
      const first = steps[0]?.index ?? 0;
      const report = writeCompletionReport({
        asked: steps.flatMap(wordsOf).filter((text) => !isOwnTask(text)),
        steps: steps.map((step, at) => normalizeStep(step, steps[at - 1])),
        cwd,
        changedFiles,
        signals: signals.filter(({ step }) => step >= first),
        verdicts: verdicts.filter(({ atStep }) => atStep >= first),
        isReviewed: reviewed >= 0 && reviewed === steps.at(-1)?.index,
      });
      const told = JSON.stringify(report?.rows);
      if (told === latest) return undefined;
      latest = told ?? '';
      return report;
    },
    stop: () => void endTurn(),
  };
}

/** Whether the turn that begins at this place is not the work before it that goes on. */
function beginsTask(steps: readonly Step[], at: number): boolean {
  const words = steps.slice(at).flatMap(wordsOf);
  const isAnswer = (text: string) =>
    steps[at - 1]?.text.trim().endsWith('?') === true && text.split(/\s+/).length <= answerWords;
  return words.some((text) => isOwnTask(text) || asksForSomething(text) || !(saysGoOn(text) || isAnswer(text)));
}

let endings: readonly string[] | undefined;

/** The tasks of /review and /init, which are our words and not the user's. */
function isOwnTask(text: string): boolean {
  endings ??= ['code-review', 'init'].map(endOfPrompt);
  return endings.some((ending) => text.trimEnd().endsWith(ending));
}

function saysGoOn(text: string): boolean {
  const plain = text
    .slice(0, 120)
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();
  return /^carry out the plan\b/.test(plain) || (text.length <= 100 && goingOn.test(plain));
}

/** Where the last task of a session that goes on began. */
function findTask(steps: readonly Step[]): number {
  const turns = steps.flatMap((step, at) =>
    wordsOf(step).length > 0 && (at === 0 || steps[at - 1]!.calls.length === 0) ? at : [],
  );
  return turns.findLast((at, which) => beginsTask(steps.slice(0, turns[which + 1]), at)) ?? 0;
}

function wordsOf(step: Step): string[] {
  return step.notes.filter(({ from }) => from === 'user').map(({ text }) => text);
}
