import type { Step } from '../../core/types.ts';
import { normalizeStep } from '../../observer/step/normalize-step.ts';
import type { RunRecord, WinkRecord } from '../input/run-record.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type OnBrokenLine, parseLines, peekLines } from './shared/json-fields.ts';
import { readInstructions } from './wink-instructions.ts';
import * as lines from './wink-lines.ts';

/** Our own session files: a `header`, then steps and what the observer wrote down with them. */
export const winkFormat: TrajectoryFormat = {
  name: 'wink-agent',
  unit: 'file',
  recognises: (head) => {
    const first = peekLines(head)[0];
    return first?.type === 'header' && 'session' in first;
  },
  parse: (text, place, onBroken = () => {}) => [readSession(text, place, onBroken)],
};

/** As their own session files are named, so that a report puts them together. */
const watchedNames = new Map([
  ['claude', 'Claude Code'],
  ['codex', 'Codex CLI'],
  ['gemini', 'Gemini CLI'],
]);

function readSession(text: string, place: Place, onBroken: OnBrokenLine): StudyTrajectory {
  const gathered = lines.gather(parseLines(text, onBroken), onBroken);
  const { header, steps, end } = gathered;
  return {
    id: header.session,
    source: 'wink-agent',
    agent: header.agent === undefined ? 'wink-agent' : (watchedNames.get(header.agent) ?? header.agent),
    model: header.model,
    task: header.task || firstWords(steps),
    cwd: header.cwd ?? '',
    instructions: readInstructions(header.system ?? ''),
    steps: steps.map((step, position) =>
      withoutTask(normalizeStep(step, steps[position - 1]), position, header.task || firstWords(steps)),
    ),
    file: place.file,
    record: {
      startedAt: header.at,
      ...endOf(steps, end),
      ...(end?.durationMs !== undefined ? { durationMs: end.durationMs } : {}),
      activeMs: steps.reduce((sum, step) => sum + (step.ms ?? 0), 0),
      usage: lines.usageOf(steps, end),
      repository: header.repository ?? header.cwd ?? '',
      ...(end?.outcome !== undefined && { outcome: end.outcome }),
      interrupts: gathered.rewinds + countInterrupts(steps, gathered.signals),
      stepTimes: steps.map((step) => step.at),
      stepTokens: steps.map(({ usage }) => usage.inputTokens + usage.outputTokens),
      wink: winkRecord(gathered),
    } satisfies RunRecord,
  };
}

function endOf(steps: readonly Step[], end: lines.Gathered['end']): Pick<RunRecord, 'endedAt'> {
  const at = end?.at ?? steps.at(-1)?.at;
  return at === undefined ? {} : { endedAt: at };
}

function firstWords(steps: readonly Step[]): string {
  return steps[0]?.notes.find((note) => note.from === 'user')?.text ?? '';
}

/** The task stands apart in a trajectory, so the note that carries it is not counted again as words of the user. */
function withoutTask(step: ReturnType<typeof normalizeStep>, position: number, task: string) {
  if (position > 0 || step.userTexts[0]?.trim() !== task.trim()) return step;
  return { ...step, userTexts: step.userTexts.slice(1) };
}

/** A step that the user cut short: the stream was cut without a chant being the cause, or a call was aborted. */
function countInterrupts(steps: readonly Step[], signals: WinkRecord['signals']): number {
  const chanted = new Set(
    signals.filter((signal) => /chant|monologue|repeat/.test(signal.detector)).map((signal) => signal.step),
  );
  return steps.filter(
    (step) =>
      (step.finish === 'cut' && !chanted.has(step.index)) ||
      step.results.some((result) => result.errorKind === 'aborted'),
  ).length;
}

function winkRecord(gathered: lines.Gathered): WinkRecord {
  const { header, end } = gathered;
  return {
    mode: end?.wink?.mode ?? header.mode ?? 'off',
    ...(header.experiment && { experiment: header.experiment }),
    ...(header.holdback !== undefined && { holdback: header.holdback }),
    signals: gathered.signals,
    verdicts: gathered.verdicts,
    suppressed: gathered.suppressed,
    reminders: gathered.reminders,
    episodes: lastStates(gathered.episodes, end?.wink?.episodes ?? []),
    ...(end?.wink?.usage && { usage: end.wink.usage }),
    ...(end?.wink?.score && { score: end.wink.score.value }),
    ...(end?.wink?.judgeCalls !== undefined && { judgeCalls: end.wink.judgeCalls }),
  };
}

/** An episode may be written several times; the last line of its id counts, and the end's summary has the last word. */
function lastStates(written: WinkRecord['episodes'], final: WinkRecord['episodes']): WinkRecord['episodes'] {
  const byId = new Map(written.map((episode) => [episode.id, episode]));
  for (const episode of final) byId.set(episode.id, { ...byId.get(episode.id), ...episode });
  return [...byId.values()];
}
