import { basename, dirname } from 'node:path';
import { classifyTool } from '../../core/classify-tool.ts';
import { addUsage, type ErrorKind, type JsonObject, type Outcome, type Usage } from '../../core/types.ts';
import type { NormalizedCall } from '../../observer/step/normalized-step.ts';
import type { RunRecord } from '../input/run-record.ts';
import type { Place, StudyTrajectory } from '../input/trajectory.ts';

type DraftCall = {
  id: string;
  name: string;
  input: JsonObject;
  output: string;
  isError: boolean;
  isAnswered: boolean;
  errorKind?: ErrorKind;
};
type DraftStep = { userTexts: string[]; text: string; reasoning: string; calls: DraftCall[]; at?: string | undefined };

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
  const open = new Map<string, { call: DraftCall; step: DraftStep }>();
  let task: string | undefined;
  let waiting: string[] = [];
  let lastKey: string | undefined;
  let usage: Usage | undefined;
  let interrupts = 0;
  let startedAt: string | undefined;
  let endedAt: string | undefined;

  const see = (at: string | undefined) => {
    if (at === undefined) return;
    startedAt ??= at;
    endedAt = at;
  };

  return {
    /** Words of a person. The first are the task. */
    addUser: (text: string, at?: string | undefined) => {
      see(at);
      lastKey = undefined;
      if (text.trim() === '') return;
      if (task === undefined && steps.length === 0) task = text;
      else waiting.push(text);
    },
    /** A message of the model: a step of its own, or a further piece of the last one. */
    addAnswer: (parts: AnswerParts) => {
      see(parts.at);
      const last = steps.at(-1);
      let step: DraftStep;
      if (last && parts.key !== undefined && parts.key === lastKey) step = last;
      else {
        step = { userTexts: waiting, text: '', reasoning: '', calls: [] };
        steps.push(step);
        waiting = [];
      }
      extendStep(step, parts);
      for (const call of step.calls) if (!call.isAnswered) open.set(call.id, { call, step });
      lastKey = parts.key;
    },
    /** What a call came to. One without a call that is open is passed over. */
    addResult: (callId: string, result: ResultParts) => {
      see(result.at);
      const found = open.get(callId);
      if (found === undefined) return;
      open.delete(callId);
      found.call.isAnswered = true;
      found.call.output = result.output;
      found.call.isError = result.isError ?? false;
      if (result.errorKind !== undefined) found.call.errorKind = result.errorKind;
      if (result.at !== undefined) found.step.at = result.at;
    },
    addUsage: (more: Usage) => {
      usage = usage === undefined ? more : addUsage(usage, more);
    },
    /** Totals that the file states itself replace what was added up. */
    setUsage: (total: Usage) => {
      usage = total;
    },
    addInterrupt: () => {
      interrupts += 1;
    },
    /** The trajectory; words that no step answered any more are dropped. */
    build: (place: Place, described: Described): StudyTrajectory => ({
      id: described.id ?? nameOf(place),
      source: described.source ?? basename(place.file),
      agent: described.agent,
      model: described.model,
      task: task ?? '',
      cwd: described.cwd ?? '',
      steps: steps.map((step, index) => ({
        index,
        userTexts: step.userTexts,
        text: step.text,
        reasoning: step.reasoning,
        calls: step.calls.map(finishCall),
        isLossy: false,
      })),
      labels: described.success === undefined ? undefined : { success: described.success },
      file: place.file,
      record: {
        ...(startedAt !== undefined && { startedAt }),
        ...(endedAt !== undefined && { endedAt }),
        ...durationOf(startedAt, endedAt),
        ...(usage !== undefined && { usage }),
        ...((described.repository ?? described.cwd) ? { repository: described.repository ?? described.cwd! } : {}),
        ...(described.outcome !== undefined && { outcome: described.outcome }),
        interrupts,
        stepTimes: steps.map((step) => step.at),
      },
    }),
  };
}

export type Builder = ReturnType<typeof createBuilder>;

function finishCall(call: DraftCall): NormalizedCall {
  return {
    name: call.name,
    act: classifyTool(call.name, call.input),
    input: call.input,
    output: call.output,
    isError: call.isError,
    ...(call.errorKind !== undefined && { errorKind: call.errorKind }),
  };
}

function extendStep(step: DraftStep, parts: AnswerParts): void {
  step.text = joinTexts(step.text, parts.text);
  step.reasoning = joinTexts(step.reasoning, parts.reasoning);
  for (const call of parts.calls ?? []) step.calls.push({ ...call, output: '', isError: false, isAnswered: false });
  step.at = parts.at ?? step.at;
}

function joinTexts(left: string, right: string | undefined): string {
  return left !== '' && right ? `${left}\n${right}` : left || (right ?? '');
}

function durationOf(start: string | undefined, end: string | undefined): Pick<RunRecord, 'durationMs'> {
  const ms = start === undefined || end === undefined ? Number.NaN : Date.parse(end) - Date.parse(start);
  return Number.isFinite(ms) && ms >= 0 ? { durationMs: ms } : {};
}

/** Names that every run of a tree has; the folder that differs stands before them. */
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
