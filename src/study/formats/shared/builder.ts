import { basename, dirname } from 'node:path';
import { classifyTool } from '../../../core/classify-tool.ts';
import type { ErrorKind } from '../../../core/error-kind.ts';
import type { JsonObject, Outcome, Usage } from '../../../core/types.ts';
import { hashText } from '../../../observer/step/hash.ts';
import type { NormalizedCall } from '../../../observer/step/normalized-step.ts';
import { noticesIn, personWords } from '../../../observer/step/person-words.ts';
import { whyNotRun } from '../../../observer/step/results/did-not-run.ts';
import { isQuestion, wordsInResult } from '../../../observer/step/results/words-in-results.ts';
import type { Place, StudyTrajectory } from '../../input/trajectory.ts';
import { createClock } from './clock.ts';
import { type AnswerUsage, sumUsage } from './cost.ts';

type DraftCall = {
  id: string;
  name: string;
  input: JsonObject;
  output: string;
  isError: boolean;
  isAnswered: boolean;
  errorKind?: ErrorKind;
  loopKey?: string;
};
type DraftStep = {
  userTexts: string[];
  notices: string[];
  text: string;
  reasoning: string;
  calls: DraftCall[];
  at?: string | undefined;
};

/** What a message of the model adds. `key`: messages of the same key are one answer that was written in several pieces. */
export type AnswerParts = {
  readonly key?: string | undefined;
  readonly text?: string | undefined;
  readonly reasoning?: string | undefined;
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly input: JsonObject }[];
  readonly at?: string | undefined;
};

export type ResultParts = {
  readonly output: string;
  readonly isError?: boolean;
  readonly errorKind?: ErrorKind;
  /** Pictures in the result: without them two screenshots look alike. */
  readonly images?: string | undefined;
  readonly at?: string | undefined;
};

export type Described = {
  readonly id?: string | undefined;
  readonly agent: string;
  readonly model?: string | undefined;
  readonly cwd?: string | undefined;
  readonly source?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly repository?: string | undefined;
  readonly success?: boolean | undefined;
};

/** Gathers the messages of a conversation, in their order, into a trajectory. State lives here, one builder a run. */
export function createBuilder() {
  const steps: DraftStep[] = [];
  const open = createOpenCalls();
  const clock = createClock();
  const usages: AnswerUsage[] = [];
  const instructions = new Map<string, { source: string; text: string }>();
  let task: string | undefined;
  let plan: string | undefined;
  let waiting: string[] = [];
  let notices: string[] = [];
  let lastKey: string | undefined;
  let totals: Usage | undefined;
  let interrupts = 0;
  /** The agent has ended its turn or was stopped: what time passes now is the person's. */
  let isWaiting = true;

  const readWords = (words: string) => {
    if (task === undefined && steps.length === 0) task = words;
    else waiting.push(words);
  };

  return {
    /** A message in the user's role, or its pieces. What a person said in it is kept; the first words are the task. */
    addUser: (text: string | readonly string[], at?: string | undefined) => {
      clock.see(at, isWaiting);
      lastKey = undefined;
      const pieces = typeof text === 'string' ? [text] : text;
      const said = pieces.map(personWords);
      notices.push(...pieces.flatMap(noticesIn));
      plan ??= said.find((piece) => piece.plan !== undefined)?.plan;
      const words = said.map((piece) => piece.words).filter((piece) => piece.trim() !== '');
      if (words.length > 0) readWords(words.join('\n'));
    },
    /** A message of the model: a step of its own, or a further piece of the last one. */
    addAnswer: (parts: AnswerParts) => {
      clock.see(parts.at);
      const last = steps.at(-1);
      let step: DraftStep;
      if (last && parts.key !== undefined && parts.key === lastKey) step = last;
      else {
        step = { userTexts: waiting, notices, text: '', reasoning: '', calls: [] };
        steps.push(step);
        waiting = [];
        notices = [];
      }
      for (const call of extendStep(step, parts)) open.add(call, step);
      lastKey = parts.key;
      isWaiting = step.calls.length === 0;
    },
    /** What a call came to. One without a call that is open is passed over. */
    addResult: (callId: string, result: ResultParts) => {
      const found = open.take(callId);
      clock.see(result.at, found !== undefined && isQuestion(found.call.name));
      if (found === undefined) return;
      answerCall(found.call, result);
      if (result.at !== undefined) found.step.at = result.at;
      const words = wordsInResult(found.call.name, result.output);
      if (words !== undefined) readWords(words);
    },
    /** A standing instruction file that the agent was given; the same text counts once. */
    addInstructions: (source: string, text: string) => {
      if (text.trim() !== '' && !instructions.has(text.trim()))
        instructions.set(text.trim(), { source, text: text.trim() });
    },
    addUsage: (more: AnswerUsage) => {
      usages.push(more);
    },
    /** Totals that the file states itself replace what was added up. */
    setUsage: (total: Usage) => {
      totals = total;
    },
    addInterrupt: () => {
      interrupts += 1;
      isWaiting = true;
    },
    /** The trajectory; words that no step answered any more are dropped. */
    build: (place: Place, described: Described): StudyTrajectory => {
      const usage = totals ?? sumUsage(usages, described.model);
      return {
        id: described.id ?? nameOf(place),
        source: described.source ?? basename(place.file),
        agent: described.agent,
        model: described.model,
        task: task ?? '',
        ...(plan !== undefined && { plan }),
        cwd: described.cwd ?? '',
        ...(instructions.size > 0 && { instructions: [...instructions.values()] }),
        steps: steps.map((step, index) => ({
          index,
          userTexts: step.userTexts,
          ...(step.notices.length > 0 && { notices: step.notices }),
          text: step.text,
          reasoning: step.reasoning,
          calls: step.calls.map(finishCall),
          isLossy: false,
        })),
        labels: described.success === undefined ? undefined : { success: described.success },
        file: place.file,
        record: {
          ...clock.times(),
          ...(usage !== undefined && { usage }),
          ...((described.repository ?? described.cwd) ? { repository: described.repository ?? described.cwd! } : {}),
          ...(described.outcome !== undefined && { outcome: described.outcome }),
          interrupts,
          stepTimes: steps.map((step) => step.at),
        },
      };
    },
  };
}

export type Builder = ReturnType<typeof createBuilder>;

/** Calls without a result yet. Of several with one id (ids that were taken out of a published file) the oldest is answered first. */
function createOpenCalls() {
  const byId = new Map<string, { call: DraftCall; step: DraftStep }[]>();
  return {
    add: (call: DraftCall, step: DraftStep) => {
      const same = byId.get(call.id);
      if (same === undefined) byId.set(call.id, [{ call, step }]);
      else same.push({ call, step });
    },
    take: (id: string) => {
      const found = byId.get(id)?.shift();
      if (byId.get(id)?.length === 0) byId.delete(id);
      return found;
    },
  };
}

function answerCall(call: DraftCall, result: ResultParts): void {
  call.isAnswered = true;
  call.output = result.output;
  call.isError = result.isError ?? false;
  const kind = result.errorKind ?? (call.isError ? whyNotRun(result.output) : undefined);
  if (kind !== undefined) call.errorKind = kind;
  if (result.images !== undefined) call.loopKey = `${result.output} ${hashText(result.images)}`;
}

function finishCall(call: DraftCall): NormalizedCall {
  return {
    name: call.name,
    act: classifyTool(call.name, call.input),
    input: call.input,
    output: call.output,
    isError: call.isError,
    ...(call.errorKind !== undefined && { errorKind: call.errorKind }),
    ...(call.loopKey !== undefined && { loopKey: call.loopKey }),
  };
}

/** The calls that these parts add. */
function extendStep(step: DraftStep, parts: AnswerParts): readonly DraftCall[] {
  step.text = joinTexts(step.text, parts.text);
  step.reasoning = joinTexts(step.reasoning, parts.reasoning);
  step.at = parts.at ?? step.at;
  const calls = (parts.calls ?? []).map((call) => ({ ...call, output: '', isError: false, isAnswered: false }));
  step.calls.push(...calls);
  return calls;
}

function joinTexts(left: string, right: string | undefined): string {
  return left !== '' && right ? `${left}\n${right}` : left || (right ?? '');
}

/** Names that every run of a tree has; the folder that differs comes before them. */
const commonNames = new Set(
  'trajectory trajectories traj output outputs events session messages conversation chat log logs history run agent'.split(
    ' ',
  ),
);

function nameOf(place: Place): string {
  const own = basename(place.file).replace(/(?:\.(?:traj|json|jsonl|ndjson|log))*(?:\.gz)?$/i, '');
  const folders = dirname(place.file).split(/[\\/]/);
  const folder = folders.findLast((one) => one !== '' && one !== '.' && one !== '..' && !commonNames.has(one));
  const name = commonNames.has(own) && folder !== undefined ? `${folder}/${own}` : own;
  return place.line === undefined ? name : `${name}:${place.line}`;
}
