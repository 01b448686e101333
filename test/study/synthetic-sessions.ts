import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../src/study/metrics/random.ts';

export type SyntheticOptions = {
  readonly sessions: number;
  readonly seed?: number;
  readonly experiment?: string;
  readonly repositories?: number;
  /** Chance that an episode persists, by arm. */
  readonly persists?: Readonly<Record<'on' | 'shadow', number>>;
};

const kinds = [
  ['infinite-loop', 'Reasoning Problems', 'same-call', 0.08],
  ['tool-call-failure', 'Tool Call Failures', 'same-failure', 0.16],
  ['unverified-finish', 'Verification Gaps', 'finish-check', 0.05],
  ['did-not-follow-instructions', 'Specification Drift', 'ledger', 0.06],
] as const;

/** Writes session files as the agent writes them, with invented numbers, half on and half in shadow. */
export async function writeSyntheticSessions(folder: string, options: SyntheticOptions): Promise<void> {
  const random = createRandom(options.seed ?? 1);
  await mkdir(folder, { recursive: true });
  for (let at = 0; at < options.sessions; at++) {
    await writeFile(join(folder, `s-${at}.jsonl`), writeSession(at, random, options));
  }
}

function writeSession(at: number, random: () => number, options: SyntheticOptions): string {
  const mode = at % 2 === 0 ? 'on' : 'shadow';
  const persists = (options.persists ?? { on: 0.12, shadow: 0.5 })[mode];
  const start = Date.parse('2026-03-01T09:00:00Z') + at * 600_000;
  const time = (step: number, ms = 0) => new Date(start + step * 4000 + ms).toISOString();
  const steps = 8 + Math.floor(random() * 25);
  const kind = kinds.find(([, , , share]) => random() < share);
  const found = kind && 3 + Math.floor(random() * (steps - 4));
  const lines: object[] = [header(at, time(0), mode, options)];
  for (let index = 0; index < steps; index++) {
    lines.push(step(index, time(index + 1), random, index === steps - 1));
    if (kind && index === found) lines.push(...findings(kind, index, time, mode, random() < persists));
  }
  lines.push(end(at, time(steps + 1), steps, mode, random));
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

function header(at: number, time: string, mode: string, options: SyntheticOptions): object {
  const repository = `repository-${at % (options.repositories ?? 20)}`;
  const experiment = options.experiment && { experiment: { name: options.experiment, arm: mode, unit: 'session' } };
  return {
    type: 'header',
    format: 1,
    session: options.seed === undefined ? `s-${at}` : `s-${options.seed}-${at}`,
    at: time,
    version: '0.1.0',
    model: 'scripted',
    cwd: `/code/${repository}`,
    repository,
    mode,
    approval: 'full',
    task: 'Fix it.',
    system: '',
    ...experiment,
  };
}

function step(index: number, at: string, random: () => number, isLast: boolean): object {
  const isError = random() < 0.06;
  const notes = index > 2 && random() < 0.01 ? [{ from: 'user', text: 'No, the other file.', at }] : [];
  const usage = {
    inputTokens: 2000 + index * 300,
    cachedInputTokens: 1500 + index * 250,
    outputTokens: 120,
    costUsd: 0.004,
  };
  const call = {
    id: `c${index}`,
    name: index % 3 === 0 ? 'read' : 'shell',
    input: { command: `npm test -- ${index}` },
  };
  const result = { callId: call.id, name: call.name, output: isError ? 'failed' : 'ok', isError, ms: 20 };
  return {
    type: 'step',
    index,
    at,
    notes,
    text: 'Working.',
    calls: isLast ? [] : [call],
    results: isLast ? [] : [result],
    usage,
    ms: 4000,
    finish: isLast ? 'stop' : 'tool-calls',
  };
}

function findings(
  kind: (typeof kinds)[number],
  index: number,
  time: (step: number, ms?: number) => string,
  mode: string,
  isPersisting: boolean,
): object[] {
  const [name, category, detector] = kind;
  const evidenceSteps = [index - 2, index - 1, index];
  const base = { category, class: name, detector, evidence: 'The same again.', evidenceSteps };
  return [
    { type: 'signal', at: time(index + 1, 3), ...base, step: index, confidence: 0.9, key: 'k' },
    {
      type: 'verdict',
      at: time(index + 1, 4),
      ...base,
      id: 'v1',
      source: 'detector',
      confidence: 0.9,
      firstStep: index - 2,
      key: 'k',
      atStep: index + 1,
    },
    {
      type: 'reminder',
      at: time(index + 1, 6),
      ...base,
      id: 'r1',
      episode: 'e1',
      rung: 'redirect',
      text: 'Look at the failure.',
      step: index + 1,
      mode,
    },
    ...(index % 4 === 0
      ? [{ type: 'suppressed', at: time(index + 1, 7), class: name, step: index, reason: 'cool-down' }]
      : []),
    {
      type: 'recovery',
      at: time(index + 2),
      ...base,
      id: 'e1',
      mode,
      openedAtStep: index,
      interventions: mode === 'on' ? 1 + (index % 2) : 0,
      complied: !isPersisting,
      outcome: isPersisting ? 'persisted' : 'recovered',
      closedAtStep: index + 2,
    },
  ];
}

function end(at: number, time: string, steps: number, mode: string, random: () => number): object {
  const usage = {
    inputTokens: steps * 5000,
    cachedInputTokens: steps * 4000,
    outputTokens: steps * 120,
    costUsd: steps * 0.004,
  };
  const outcome = random() < 0.8 ? 'done' : 'turn-limit';
  const observer = { inputTokens: 900, cachedInputTokens: 0, outputTokens: 60, costUsd: 0.001 };
  return {
    type: 'end',
    at: time,
    outcome,
    result: '',
    session: `s-${at}`,
    model: 'scripted',
    steps,
    usage,
    durationMs: steps * 4000,
    cwd: '/code',
    filesChanged: [],
    wink: {
      mode,
      health: 'ok',
      stepsObserved: steps,
      signals: 0,
      verdicts: 0,
      reminders: 0,
      suppressed: 0,
      judgeCalls: 1,
      usage: observer,
      episodes: [],
    },
  };
}
