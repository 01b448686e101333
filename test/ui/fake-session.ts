import type { Event } from '../../src/core/event.ts';
import type { RunResult } from '../../src/core/run/run-result.ts';
import type { ResultView } from '../../src/core/screen/result-view.ts';
import { type Note, noUsage, type Step, type ToolResult } from '../../src/core/types.ts';
import type { ScreenDeps, ScreenInfo, ScreenQuestions, ShownJob } from '../../src/ui/screen-deps.ts';

type Emit = (event: Event) => void;

/** What a scripted run may do; the session plays it for the prompt with its name. */
export type Play = (stage: Stage) => Promise<void>;

export type Stage = {
  readonly emit: Emit;
  /** The user's words. */
  readonly text: string;
  readonly questions: ScreenQuestions;
  readonly signal: AbortSignal;
  /** Resolves after some milliseconds, or at once when interrupted. */
  readonly pause: (ms: number) => Promise<void>;
  readonly step: (parts: Partial<Step>) => void;
  readonly call: (name: string, title: string, result: Partial<ToolResult>) => Promise<ToolResult>;
  readonly takeNotes: () => readonly Note[];
};

const usage = { inputTokens: 1200, cachedInputTokens: 900, outputTokens: 80, costUsd: 0.0021 };

/** A session that plays scripts instead of asking a model, for tests of the screen alone. */
export function createFakeDeps(
  info: Partial<ScreenInfo> & { readonly winkHome: string; readonly cwd: string },
  plays: Readonly<Record<string, Play>>,
): ScreenDeps {
  const listeners = new Set<Emit>();
  const emit: Emit = (event) => {
    for (const listener of listeners) listener(event);
  };
  let questions: ScreenQuestions | undefined;
  let abort = new AbortController();
  let queue: Note[] = [];
  let steps = 0;
  let calls = 0;
  const jobs: ShownJob[] = [];
  const note = (text: string): Note => ({ from: 'user', text, at: '2026-01-01T00:00:00Z' });
  const takeNotes = () => {
    const notes = queue;
    queue = [];
    return notes;
  };
  const submit = async (text: string) => {
    abort = new AbortController();
    const { signal } = abort;
    let pending: readonly Note[] = [note(text)];
    const pause = (ms: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    const step: Stage['step'] = (parts) => {
      const full: Step = {
        type: 'step',
        index: steps,
        at: '2026-01-01T00:00:00Z',
        notes: pending,
        text: '',
        calls: [],
        results: [],
        usage,
        ms: 10,
        finish: 'stop',
        ...parts,
      };
      pending = [];
      steps += 1;
      emit({ type: 'step', step: full });
    };
    const call: Stage['call'] = async (name, title, parts) => {
      calls += 1;
      const callId = `call-${calls}`;
      emit({ type: 'tool.start', callId, name, input: { title }, title });
      const result: ToolResult = { callId, name, output: '', isError: false, ms: 12, ...parts };
      const { view } = result;
      if (view?.kind === 'command' && view.isRunning)
        jobs.push({
          id: `job-${jobs.length + 1}`,
          command: view.command,
          ms: 61_000,
          exitCode: undefined,
          output: () => 'ready',
        });
      await pause(5);
      emit({ type: 'tool.end', callId, result });
      return result;
    };
    emit({ type: 'request', step: steps });
    const play = plays[text.split(/\s/)[0] ?? ''] ?? plays.default;
    if (questions && play) {
      await play({
        emit,
        text,
        questions,
        signal,
        pause,
        step,
        call,
        takeNotes: () => {
          const notes = takeNotes();
          pending = [...pending, ...notes];
          for (const taken of notes) emit({ type: 'note', note: taken });
          return notes;
        },
      });
    }
    emit({ type: 'result', result: resultOf(signal.aborted ? 'aborted' : 'done', steps) });
  };
  return {
    info: {
      version: '0.0.0',
      model: 'scripted',
      approval: 'ask',
      mode: 'on',
      ...info,
    },
    session: {
      submit,
      queue: (text) => queue.push(note(text)),
      takeQueued: () => takeNotes().map((taken) => taken.text),
      interrupt: () => abort.abort(),
      setApproval: () => undefined,
      checkRule: (rule) => (/^\w+\(.+\)$/.test(rule) ? undefined : `The allow rule \`${rule}\` is not a rule.`),
      rules: () => [
        { effect: 'deny', text: 'shell(git push:*)', origin: 'the project', canRevoke: false },
        { effect: 'allow', text: 'edit(src/**)', origin: 'this session', canRevoke: true },
      ],
      revokeRule: () => undefined,
      jobs: () => jobs,
      endJob: async () => undefined,
      keepPlan: async () => '/home/me/.wink/plans/session-1.md',
      setWinkMode: () => undefined,
      id: () => 'session-1',
      listModels: async () => ['scripted', 'other-model'],
      setModel: async () => undefined,
      contextParts: () => [
        { label: 'system prompt', tokens: 2_000 },
        { label: 'conversation', tokens: 14_000 },
      ],
      checkpoints: {
        diff: async () => [exampleDiff],
        undo: async () => ({ isDone: true, words: '1 file put back: src/cart.js.' }),
        redo: async () => ({ isDone: false, words: 'Nothing has been taken back.' }),
        rewind: async () => ({ history: [], words: 'the earlier words', message: 'Went back to before the message.' }),
        previewRewind: async () => [],
      },
      branch: () => 'main',
      contextWindow: () => 100_000,
      compact: async () => ({ kind: 'short' }),
      endReview: async () => undefined,
      exportTo: async () => undefined,
      onJobEnd: () => undefined,
      missingMentions: () => [],
      aside: { list: () => [], show: () => undefined, moveBack: async () => '' },
      memory: {
        clean: (words) => words,
        candidates: () => [],
        suggestion: () => undefined,
        kept: () => [],
        preview: async () => [],
        change: async () => 'Kept.',
      },
      git: {
        review: () => 'review it',
        plan: async () => ({
          kind: 'staged',
          root: '/',
          files: [],
          others: [],
          mixed: [],
          leftCount: 0,
          newFiles: [],
          states: {},
          diff: '',
          subjects: [],
        }),
        writeMessage: async () => '',
        commit: async () => ({ isDone: true, words: 'Committed.' }),
      },
      sessions: async () => [
        { id: 's-1', at: '2026-01-01T10:00:00Z', task: 'mend the parser', steps: 12, outcome: 'done' },
        { id: 'session-1', at: '2026-01-03T10:00:00Z', task: 'the one that goes on', steps: 1 },
        { id: 's-2', at: '2026-01-02T10:00:00Z', task: 'write the docs', steps: 3 },
      ],
      resume: async () => [
        {
          type: 'step',
          step: {
            type: 'step',
            index: 0,
            at: '',
            notes: [note('mend the parser')],
            text: 'The parser is mended.',
            calls: [],
            results: [],
            usage,
            ms: 5,
            finish: 'stop',
          },
        },
      ],
      clear: async () => undefined,
    },
    observer: {
      ledger: () => [{ id: 'l1', words: 'do not touch the tests', source: 'your message', isLifted: false }],
      lift: () => undefined,
      add: () => undefined,
      detectors: () => [{ name: 'same-call' }, { name: 'same-error', setting: { kind: 'mute' } }],
      markWrong: () => undefined,
      setDetector: () => undefined,
    },
    commands: () => [],
    mentions: async () => [],
    saveTheme: async () => undefined,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    attach: (screen) => {
      questions = screen;
    },
  };
}

export function resultOf(outcome: RunResult['outcome'], steps: number): RunResult {
  return {
    type: 'result',
    outcome,
    result: '',
    session: 'session-1',
    model: 'scripted',
    steps,
    usage,
    durationMs: 1000,
    cwd: '/',
    filesChanged: [],
    wink: {
      mode: 'on',
      health: 'ok',
      stepsObserved: steps,
      signals: 0,
      verdicts: 0,
      reminders: 0,
      suppressed: 0,
      judgeCalls: 0,
      usage: noUsage,
      episodes: [],
    },
  };
}

export const exampleDiff: ResultView = {
  kind: 'diff',
  title: 'src/sum.ts',
  path: 'src/sum.ts',
  added: 1,
  removed: 1,
  lines: [
    { kind: 'same', old: 1, new: 1, text: 'export function sum(a: number, b: number) {' },
    { kind: 'remove', old: 2, text: '  return a - b;' },
    { kind: 'add', new: 2, text: '  return a + b;' },
    { kind: 'same', old: 3, new: 3, text: '}' },
  ],
};
