import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { loadPrompt } from '../../src/core/prompt.ts';
import type { Note, Step, ToolResult } from '../../src/core/types.ts';
import { reduce } from '../../src/ui/state/reduce.ts';
import { reducePast } from '../../src/ui/state/reduce-past.ts';
import { type Action, createView, type View } from '../../src/ui/state/view.ts';
import { resultOf } from './fake-session.ts';
import { reminder } from './scripted-sessions.ts';

const start = createView({ version: '1', model: 'm', cwd: '/p', approval: 'ask', mode: 'on' });

function play(events: readonly (Event | Action)[], view: View = start): View {
  return events.reduce((current, event, index) => reduce(current, event, 1_000 + index * 10), view);
}

const usage = { inputTokens: 100, cachedInputTokens: 50, outputTokens: 10, costUsd: 0.01 };

function step(parts: Partial<Step> = {}): Event {
  return {
    type: 'step',
    step: {
      type: 'step',
      index: 0,
      at: '',
      notes: [],
      text: '',
      calls: [],
      results: [],
      usage,
      ms: 1,
      finish: 'stop',
      ...parts,
    },
  };
}

function result(callId: string, parts: Partial<ToolResult> = {}): ToolResult {
  return { callId, name: 'read', output: 'out', isError: false, ms: 3, ...parts };
}

const kinds = (view: View) => view.items.map((item) => item.kind);
const texts = (view: View) => view.items.flatMap((item) => (item.kind === 'text' ? [item.markdown] : []));

const submit: Action = { type: 'screen.submit', text: 'do it', shown: 'do it', images: 0 };
const request: Event = { type: 'request', step: 0 };
const text = (delta: string): Event => ({ type: 'text', delta });
const toolStart = (callId: string): Event => ({ type: 'tool.start', callId, name: 'read', input: {}, title: callId });

describe('the view', () => {
  it('is the same for the same events, and never changed in place', () => {
    const events = [
      submit,
      request,
      text('a'),
      toolStart('1'),
      { type: 'tool.end', callId: '1', result: result('1') } as const,
      step(),
      { type: 'result', result: resultOf('done', 1) } as const,
    ];
    const frozen = JSON.stringify(start);
    expect(play(events)).toEqual(play(events));
    expect(JSON.stringify(start)).toBe(frozen);
  });

  it('prints reasoning, text and calls in the order they came', () => {
    const view = play([
      submit,
      request,
      { type: 'reasoning', delta: 'hm' },
      text('I '),
      text('look'),
      toolStart('1'),
      { type: 'tool.end', callId: '1', result: result('1') },
      step(),
    ]);
    expect(kinds(view)).toEqual(['welcome', 'user', 'reasoning', 'text', 'call']);
    expect(texts(view)).toEqual(['I look']);
    expect(view.live.calls).toEqual([]);
  });

  it('prints calls that ran together in the order they were made', () => {
    const view = play([
      submit,
      request,
      toolStart('1'),
      toolStart('2'),
      { type: 'tool.end', callId: '2', result: result('2') },
    ]);
    expect(kinds(view)).toEqual(['welcome', 'user']);
    const done = play([{ type: 'tool.end', callId: '1', result: result('1') }], view);
    expect(done.items.flatMap((item) => (item.kind === 'call' ? [item.call.title] : []))).toEqual(['1', '2']);
  });

  it('keeps the tail of a running command only', () => {
    const view = play([
      submit,
      request,
      toolStart('1'),
      { type: 'tool.output', callId: '1', chunk: 'x'.repeat(20_000) },
      { type: 'tool.output', callId: '1', chunk: 'end' },
    ]);
    expect(view.live.calls[0]?.output.length).toBeLessThanOrEqual(8_000);
    expect(view.live.calls[0]?.output.endsWith('end')).toBe(true);
  });

  it('prints the words of the user once, though the note and the step bring them again', () => {
    const note = { from: 'user', text: 'do it', at: '' } as const;
    const view = play([submit, request, { type: 'note', note }, text('ok'), step({ notes: [note], text: 'ok' })]);
    expect(kinds(view)).toEqual(['welcome', 'user', 'text']);
  });

  it('prints queued words when a step takes them', () => {
    const queued = play([
      submit,
      request,
      { type: 'screen.queue', queued: { text: 'also this', images: [], draft: { text: 'also this', folds: [] } } },
    ]);
    expect(queued.queued.map(({ text }) => text)).toEqual(['also this']);
    const taken = play([step({ notes: [{ from: 'user', text: 'also this', at: '' }] })], queued);
    expect(taken.queued).toEqual([]);
    expect(kinds(taken)).toEqual(['welcome', 'user', 'user']);
  });

  it('prints the same words as often as they were said', () => {
    const notes = ['1', '2', '3'].map((at) => ({ from: 'user', text: 'y', at }) as const);
    const said = notes.map((note) => ({ type: 'note', note }) as const);
    const view = play([{ ...submit, text: 'y', shown: 'y' }, request, ...said, step({ notes })]);
    expect(kinds(view)).toEqual(['welcome', 'user', 'user', 'user']);
  });

  it('drops what was only live when an answer is asked again', () => {
    const view = play([
      submit,
      request,
      text('half'),
      { type: 'retry', attempt: 1, reason: 'reset', waitMs: 100, discard: true },
      text('whole'),
      step({ text: 'whole' }),
    ]);
    expect(texts(view)).toEqual(['whole']);
  });

  it('does not print again what a repeated answer begins with', () => {
    const view = play([
      submit,
      request,
      text('one\n\ntwo'),
      { type: 'screen.overflow', characters: 5, rest: { isTight: false } },
      { type: 'retry', attempt: 1, reason: 'reset', waitMs: 100, discard: true },
      text('one'),
      text('\n\ntwo three'),
      step(),
    ]);
    expect(texts(view)).toEqual(['one\n\n', 'two three']);
    expect(kinds(view)).not.toContain('notice');
  });

  it('says that the part above is void when the repeated answer differs', () => {
    const view = play([
      submit,
      request,
      text('one\n\ntwo'),
      { type: 'screen.overflow', characters: 5, rest: { isTight: false } },
      { type: 'retry', attempt: 1, reason: 'reset', waitMs: 100, discard: true },
      text('another answer'),
      step(),
    ]);
    expect(kinds(view)).toEqual(['welcome', 'user', 'text', 'notice', 'text']);
  });

  it('closes what still ran when the run is interrupted', () => {
    const view = play([
      submit,
      request,
      text('I '),
      toolStart('1'),
      { type: 'result', result: resultOf('aborted', 0) },
    ]);
    expect(kinds(view)).toEqual(['welcome', 'user', 'text', 'call', 'result']);
    expect(view.live.phase).toBe('idle');
  });

  it('sums tokens and money over the session, and over the run apart', () => {
    const first = play([submit, request, step(), { type: 'result', result: resultOf('done', 1) }]);
    const second = play([submit, request, step()], first);
    expect(second.usage).toEqual({ inputTokens: 200, cachedInputTokens: 100, outputTokens: 20, costUsd: 0.02 });
    expect(second.run.steps).toBe(1);
    expect(second.contextTokens).toBe(110);
  });

  it('prints a resumed session from its steps', () => {
    const call = { id: '1', name: 'read', input: { path: 'a' } };
    const view = play([
      step({
        notes: [{ from: 'user', text: 'old words', at: '' }],
        text: 'old answer',
        calls: [call],
        results: [result('1')],
      }),
    ]);
    expect(kinds(view)).toEqual(['welcome', 'user', 'text', 'call']);
  });

  it('follows the observer: reminders open episodes, recoveries close them, a loss shows', () => {
    const view = play([
      step(),
      { type: 'reminder', mode: 'on', reminder },
      {
        type: 'recovery',
        episode: {
          id: 'e1',
          mode: 'on',
          category: 'c',
          class: 'infinite-loop',
          openedAtStep: 3,
          evidenceSteps: [],
          interventions: 1,
          outcome: 'recovered',
        },
      },
      { type: 'observer.lost', reason: 'it hung', restarted: false },
    ]);
    expect(view.watch.episodes.map((episode) => episode.outcome)).toEqual(['recovered']);
    expect(view.watch.health).toBe('lost');
    expect(view.watch.cells).toHaveLength(1);
  });
});

it("makes of a session's past what it makes of its events one after the other", () => {
  const note: Event = { type: 'note', note: { from: 'user', text: 'and now the tests', at: '' } };
  const events = [
    step({ notes: [{ from: 'user', text: 'do it', at: '' }], text: 'Reading.' }),
    step({ index: 1, text: 'Done.', results: [result('a')], calls: [{ id: 'a', name: 'read', input: {} }] }),
    { type: 'reminder', mode: 'on', reminder } satisfies Event,
    note,
    step({ index: 2, notes: [], text: 'They pass.' }),
  ];
  const one = events.reduce((view, event) => reduce(view, event, 5), play([step()]));
  expect(reducePast(play([step()]), events, 5)).toEqual(one);
  expect(one.watch.cells).toHaveLength(4);
});

describe('a saved session', () => {
  it('says what a call that did not act was about', () => {
    const calls = [
      { id: 'a', name: 'shell', input: { timeout: 5, command: 'rm -f src/values.js' } },
      { id: 'b', name: 'write', input: { content: 'x', path: 'src/a.js' } },
      { id: 'c', name: 'server_tool', input: { depth: 1, topic: 'tills' } },
      { id: 'd', name: 'odd', input: {} },
    ];
    const results = calls.map(({ id, name }) => result(id, { name, isError: true, errorKind: 'aborted' }));
    expect(
      play([step({ calls, results })]).items.flatMap((item) => (item.kind === 'call' ? [item.call.title] : [])),
    ).toEqual(['rm -f src/values.js', 'src/a.js', 'tills', '']);
  });

  it("shows the user's own commands as they typed them", () => {
    const ran = (command: string, output: string) =>
      loadPrompt('user-command', { command, exit: 'exit code 3', output });
    const note = (text: string): Note => ({ from: 'user', at: '', text });
    const texts = [
      `${ran('ls -la src; exit 3', 'a\nb')}\n\n${ran('pwd\ndate', '/p')}\n\nand now?`,
      ran('true', '(no output)'),
      'The user ran this command in vain',
    ];
    const { items } = play([step({ notes: texts.map(note) })]);
    expect(items.flatMap((item) => (item.kind === 'user' ? [item.text] : []))).toEqual([
      '! ls -la src; exit 3\n\n! pwd\n\nand now?',
      '! true',
      'The user ran this command in vain',
    ]);
  });
});

it('adds what the observer uses after a rewind to what was paid before it', () => {
  const spends = (judgeCalls: number): Event => ({ type: 'observer.usage', usage, judgeCalls, isEstimate: false });
  const before = play([step(), spends(3)]);
  const paid: Action = { type: 'screen.paid', usage: before.usage, judgeCalls: 3, judgeUsage: before.watch.usage };
  const after = play([{ type: 'screen.reset' }, paid, step(), spends(1), spends(2)], before);
  expect(after.usage.inputTokens).toBe(200);
  expect(after.watch).toMatchObject({ judgeCalls: 5, usage: { inputTokens: 200, costUsd: 0.02 } });
  expect(play([{ type: 'screen.reset' }], after).watch).toMatchObject({ judgeCalls: 0, usage: { inputTokens: 0 } });
});
