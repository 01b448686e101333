import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type LoopDeps, runLoop } from '../../src/agent/loop.ts';
import { Stop } from '../../src/agent/stop-reason.ts';
import { ModelError } from '../../src/core/errors.ts';
import type { Event } from '../../src/core/event.ts';
import type { ObserverPort } from '../../src/core/observer-port.ts';
import type { Job, PreparedCall, Tool, Workspace } from '../../src/core/tool.ts';
import { addUsage, type Note, noUsage, type Step, type ToolClass } from '../../src/core/types.ts';
import { type Answer, call, scriptedModel } from './scripted-model.ts';

const note = (text: string, from: Note['from'] = 'user'): Note => ({ from, text, at: '2026-01-01T00:00:00.000Z' });

/** A tool made by hand: what it does is given, and when it started and ended is kept in `log`. */
function tool(name: string, act: ToolClass, run: PreparedCall['run'] = async () => ({ output: `${name} done` })): Tool {
  return {
    name,
    act,
    aliases: [],
    schema: { name, description: name, parameters: z.toJSONSchema(z.object({ path: z.string() })) },
    prepare: (input) =>
      typeof input.path === 'string'
        ? {
            title: input.path,
            targets: [{ kind: 'path', access: act === 'read' ? 'read' : 'write', path: input.path }],
            run,
          }
        : 'path: expected string',
  };
}

const workspace: Workspace = {
  cwd: '/',
  roots: ['/'],
  outputFolder: '/',
  stamps: new Map(),
  jobs: new Map(),
  todos: [],
};

function setUp(
  answers: readonly Answer[],
  more: Omit<Partial<LoopDeps>, 'observerPort'> & { inbox?: Note[][]; observerPort?: Partial<ObserverPort> } = {},
) {
  const events: Event[] = [];
  const steps: Step[] = [];
  const inbox = more.inbox ?? [[note('the task')]];
  const model = scriptedModel(answers);
  const observerPort: ObserverPort = {
    drain: () => ({ notes: inbox.shift() ?? [] }),
    guard: () => undefined,
    watchStream: () => false,
    awaitSeen: async () => {},
    settle: async () => {},
    ...more.observerPort,
  };
  const deps: LoopDeps = {
    trajectory: { session: 's', cwd: '/', system: '', steps, compactions: [] },
    model,
    tools: [tool('read', 'read'), tool('edit', 'edit')],
    workspace,
    permit: async () => ({ allowed: true, reason: 'test' }),
    emit: (event) => events.push(event),
    limits: {},
    signal: new AbortController().signal,
    spent: () => steps.reduce((sum, step) => addUsage(sum, step.usage), noUsage),
    ...more,
    observerPort,
  };
  return { deps, events, steps, model };
}

describe('the loop', () => {
  test('records a step a round, with the notes that stood before the model, and ends when no call comes', async () => {
    const { deps, steps } = setUp([{ text: 'look', calls: [call('read', { path: 'a' })] }, { text: 'all done' }]);
    expect(await runLoop(deps)).toEqual({ outcome: 'done', text: 'all done' });
    expect(steps.map(({ index, text, notes }) => [index, text, notes.map((each) => each.text)])).toEqual([
      [0, 'look', ['the task']],
      [1, 'all done', []],
    ]);
    expect(steps[0]!.results.map(({ output, isError }) => [output, isError])).toEqual([['read done', false]]);
  });

  test('a command after an edit that failed in the same message is told to have run without it', async () => {
    const failing = tool('edit', 'edit', async () => ({
      output: 'not found',
      isError: true,
      errorKind: 'edit-mismatch',
    }));
    const tools = [failing, tool('shell', 'shell'), tool('read', 'read')];
    const calls = [call('shell', { path: 'x' }), call('edit', { path: 'a.js' }), call('shell', { path: 'x' })];
    const { deps, steps } = setUp([{ calls }, { text: 'ok' }], { tools });
    await runLoop(deps);
    expect(steps[0]!.results.map(({ output }) => output)).toEqual([
      'shell done',
      'not found',
      'shell done\n[An edit before this in the same message failed (a.js): this ran without it.]',
    ]);
  });

  test('drains once a turn, so that words said meanwhile stand before the next request', async () => {
    const { deps, model } = setUp([{ calls: [call('read', { path: 'a' })] }, { text: 'ok' }], {
      inbox: [[note('task')], [note('also this')]],
    });
    await runLoop(deps);
    expect(model.requests.map(({ notes }) => notes.map(({ text }) => text))).toEqual([['task'], ['also this']]);
  });

  test('what a tool has put off is done once, while the next request is under way', async () => {
    const log: string[] = [];
    const putOff = new Map<string, () => Promise<void>>();
    const shell = tool('shell', 'shell', async () => {
      putOff.set('next', async () => void log.push('put off'));
      return { output: 'ok' };
    });
    const answer = async () => {
      log.push('request');
      await new Promise((resolve) => setImmediate(resolve));
      log.push('answer');
      return { text: 'ok', calls: log.length < 4 ? [call('read', { path: 'a' })] : [] };
    };
    const { deps } = setUp([{ calls: [call('shell', { path: 'x' })] }, answer, answer], {
      tools: [shell, tool('read', 'read')],
      workspace: { ...workspace, putOff },
    });
    await runLoop(deps);
    expect(log).toEqual(['request', 'put off', 'answer', 'request', 'answer']);
  });

  test('words that come at the end of a turn are answered before the run ends', async () => {
    const { deps, steps } = setUp([{ text: 'done' }, { text: 'really done' }], {
      inbox: [[note('task')], [note('the tests are red', 'observer')]],
    });
    expect((await runLoop(deps)).text).toBe('really done');
    expect(steps[1]!.notes.map(({ from }) => from)).toEqual(['observer']);
  });

  test('runs neighbouring reads together and a change alone, in order', async () => {
    const log: string[] = [];
    const slow = (name: string, act: ToolClass) =>
      tool(name, act, async () => {
        log.push(`${name} starts`);
        await new Promise(setImmediate);
        log.push(`${name} ends`);
        return { output: '' };
      });
    const calls = [
      call('read', { path: 'a' }),
      call('read', { path: 'b' }),
      call('edit', { path: 'a' }),
      call('read', { path: 'a' }),
    ];
    const { deps } = setUp([{ calls }, { text: 'ok' }], { tools: [slow('read', 'read'), slow('edit', 'edit')] });
    await runLoop(deps);
    expect(log).toEqual([
      'read starts',
      'read starts',
      'read ends',
      'read ends',
      'edit starts',
      'edit ends',
      'read starts',
      'read ends',
    ]);
  });

  test('unknown tools, unmendable and unfitting arguments become results that say how to do it right', async () => {
    const calls = [
      call('grok', {}),
      call('read', {}, { problem: 'The arguments end in the middle of a string.' }),
      call('read', { file: 1 }),
    ];
    const { deps, steps } = setUp([{ calls }, { text: 'ok' }]);
    await runLoop(deps);
    expect(steps[0]!.results.map(({ errorKind }) => errorKind)).toEqual([
      'unknown-tool',
      'bad-arguments',
      'bad-arguments',
    ]);
    expect(steps[0]!.results[0]!.output).toContain('read, edit');
    expect(steps[0]!.results[2]!.output).toContain('"path"');
  });

  test('a bug in a tool is a result and the task goes on', async () => {
    const { deps, steps } = setUp([{ calls: [call('read', { path: 'a' })] }, { text: 'ok' }], {
      tools: [tool('read', 'read', async () => Promise.reject(new TypeError('x is undefined')))],
    });
    expect((await runLoop(deps)).outcome).toBe('done');
    expect(steps[0]!.results[0]).toMatchObject({ isError: true, errorKind: 'failed' });
  });

  test('a call that the guard refuses does not act and is not a denial', async () => {
    let ran = 0;
    const { deps, steps } = setUp([{ calls: [call('edit', { path: 'a' })] }, { text: 'ok' }], {
      tools: [tool('edit', 'edit', async () => ({ output: String(++ran) }))],
      observerPort: { guard: () => ({ output: 'You said: leave a alone.' }) },
    });
    expect((await runLoop(deps)).outcome).toBe('done');
    expect(ran).toBe(0);
    expect(steps[0]!.results[0]).toMatchObject({ errorKind: 'blocked', output: 'You said: leave a alone.' });
  });
});

describe('endings', () => {
  const denyA: LoopDeps['permit'] = async ({ prepared }) => ({
    allowed: prepared.title !== 'a',
    reason: 'mode ask.',
  });

  test('denied when a call was denied and nothing later did the same', async () => {
    const { deps } = setUp([{ calls: [call('edit', { path: 'a' })] }, { text: 'could not' }], { permit: denyA });
    expect((await runLoop(deps)).outcome).toBe('denied');
  });

  test('done when a later call did what had been denied', async () => {
    let asked = 0;
    const { deps } = setUp(
      [{ calls: [call('edit', { path: 'a' })] }, { calls: [call('edit', { path: 'a' })] }, { text: 'ok' }],
      {
        permit: async () => ({ allowed: ++asked > 1, reason: 'second thoughts.' }),
      },
    );
    expect((await runLoop(deps)).outcome).toBe('done');
  });

  test('turn-limit after that many steps', async () => {
    const again: Answer = { calls: [call('read', { path: 'a' })] };
    const { deps, steps } = setUp([again, again, again], { limits: { maxTurns: 2 } });
    expect((await runLoop(deps)).outcome).toBe('turn-limit');
    expect(steps).toHaveLength(2);
  });

  test('what a review finds of a stopped run is kept for the next request', async () => {
    const again: Answer = { calls: [call('read', { path: 'a' })] };
    const back: string[] = [];
    const { deps } = setUp([again, again], {
      limits: { maxTurns: 1 },
      giveBack: (notes) => back.push(...notes.map(({ text }) => text)),
    });
    let isReviewed = false;
    const observerPort: ObserverPort = {
      ...deps.observerPort,
      settle: async () => {
        isReviewed = true;
      },
      drain: () => ({ notes: isReviewed ? [{ from: 'harness', text: 'found', at: '' }] : [] }),
    };
    expect((await runLoop({ ...deps, observerPort })).outcome).toBe('turn-limit');
    expect(back).toEqual(['found']);
  });

  test.each([
    [{ maxTokens: 15 }, 'budget'],
    [{ maxCostUsd: 0.01 }, 'budget'],
  ] as const)('%o ends with %s', async (limits, outcome) => {
    const usage = { inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, costUsd: 0.02 };
    const { deps } = setUp([{ calls: [call('read', { path: 'a' })], usage }], { limits });
    expect((await runLoop(deps)).outcome).toBe(outcome);
  });

  test('an unknown price never counts as nothing and never as too much', async () => {
    const usage = { inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, costUsd: null };
    const { deps } = setUp([{ calls: [call('read', { path: 'a' })], usage }, { text: 'ok' }], {
      limits: { maxCostUsd: 0.01 },
    });
    expect((await runLoop(deps)).outcome).toBe('done');
    expect(deps.spent().costUsd).toBeNull();
  });

  test('asks nothing of the model before the user has answered, and takes their words along', async () => {
    let drains = 0;
    let requestsWhenAnswered = -1;
    const { deps, steps } = setUp([{ calls: [call('read', { path: 'a' })] }, { text: 'ok' }], {
      observerPort: {
        drain: () => {
          drains += 1;
          if (drains !== 2) return { notes: drains < 4 ? [note(`words ${drains}`)] : [] };
          const answer = (async () => {
            await new Promise((resolve) => setImmediate(resolve));
            requestsWhenAnswered = steps.length;
          })();
          return { notes: [], answer };
        },
      },
    });
    expect((await runLoop(deps)).outcome).toBe('done');
    expect(requestsWhenAnswered).toBe(1);
    expect(steps[1]?.notes.map(({ text }) => text)).toEqual(['words 3']);
  });

  test('ends when it is stopped while the user is asked', async () => {
    const controller = new AbortController();
    const { deps } = setUp([{ text: 'ok' }], {
      signal: controller.signal,
      observerPort: {
        drain: () => {
          setImmediate(() => controller.abort());
          return { notes: [note('the task')], answer: new Promise<void>(() => {}) };
        },
      },
    });
    expect((await runLoop(deps)).outcome).toBe('aborted');
  });

  test('stuck when the observer orders a stop', async () => {
    let drains = 0;
    const { deps } = setUp([{ calls: [call('read', { path: 'a' })] }], {
      observerPort: {
        drain: () => (drains++ ? { notes: [], stop: { reason: 'no way out' } } : { notes: [note('task')] }),
      },
    });
    expect(await runLoop(deps)).toMatchObject({ outcome: 'stuck', error: 'no way out' });
  });

  test('error with its one sentence when the model can not be had', async () => {
    const { deps } = setUp([() => Promise.reject(new ModelError('auth', 'The key was refused.'))]);
    expect(await runLoop(deps)).toMatchObject({ outcome: 'error', error: 'The key was refused.' });
  });

  test('makes room once and asks again when the endpoint says that the conversation is too long', async () => {
    const forced: boolean[] = [];
    const { deps } = setUp([() => Promise.reject(new ModelError('context-length', 'Too long.')), { text: 'ok' }], {
      makeRoom: async (force) => forced.push(force) > 0,
    });
    expect((await runLoop(deps)).outcome).toBe('done');
    expect(forced).toEqual([false, true]);
  });

  test('an interrupt while the model speaks keeps what it said, and what it was asked', async () => {
    const stop = new AbortController();
    const { deps, steps } = setUp(
      [
        (_request, listener, signal) => {
          listener.onText('half a sen');
          stop.abort(new Stop('aborted', 'by SIGINT', 'SIGINT'));
          return Promise.reject(signal.reason);
        },
      ],
      { signal: stop.signal },
    );
    expect(await runLoop(deps)).toMatchObject({ outcome: 'aborted', error: 'by SIGINT' });
    expect(steps).toMatchObject([
      { text: 'half a sen', finish: 'cut', notes: [{ text: 'the task' }], usage: { inputTokens: 10, outputTokens: 3 } },
    ]);
  });

  test('a request of which no answer had come when it was interrupted is no step, and its notes are given back', async () => {
    const stop = new AbortController();
    const silent = (_request: unknown, _listener: unknown, signal: AbortSignal) => {
      stop.abort(new Stop('aborted', 'by SIGINT', 'SIGINT'));
      return Promise.reject(signal.reason);
    };
    const returned: Note[] = [];
    const { deps, steps } = setUp([silent], { signal: stop.signal });
    await runLoop({ ...deps, giveBack: (notes) => returned.push(...notes) });
    expect(steps).toEqual([]);
    expect(returned).toMatchObject([{ text: 'the task' }]);
  });

  test('an interrupt while a tool runs gives every call of the step a result', async () => {
    const stop = new AbortController();
    const { deps, steps } = setUp([{ calls: [call('edit', { path: 'a' }), call('edit', { path: 'b' })] }], {
      signal: stop.signal,
      tools: [
        tool('edit', 'edit', async () => {
          stop.abort(new Stop('timeout', 'over'));
          throw new Error('killed');
        }),
      ],
    });
    expect((await runLoop(deps)).outcome).toBe('timeout');
    expect(steps[0]!.results.map(({ errorKind }) => errorKind)).toEqual(['aborted', 'aborted']);
  });

  test('an answer that chants is cut, the model is told, and the run goes on', async () => {
    const { deps, steps } = setUp(
      [
        async (_request, listener, signal) => {
          listener.onText('la la la');
          if (signal.aborted) throw signal.reason;
          return { text: 'not cut' };
        },
        { text: 'ok' },
      ],
      { observerPort: { watchStream: (delta) => delta.includes('la la') } },
    );
    expect((await runLoop(deps)).outcome).toBe('done');
    expect(steps.map(({ finish, notes }) => [finish, notes.at(-1)!.from])).toEqual([
      ['cut', 'user'],
      ['stop', 'harness'],
    ]);
  });

  test('an answer that came whole at once is cut all the same, where it began to chant', async () => {
    const { deps, steps } = setUp(
      [
        (_request, listener) => {
          for (const delta of ['so ', 'la la ', 'la la ', 'la la ']) listener.onText(delta);
          return { calls: [call('edit', { path: 'a' })] };
        },
        { text: 'ok' },
      ],
      { observerPort: { watchStream: (delta) => delta.includes('la la') } },
    );
    expect((await runLoop(deps)).outcome).toBe('done');
    expect(steps[0]).toMatchObject({ finish: 'cut', text: 'so la la ', calls: [] });
  });

  test.each([
    [
      'an error of the model',
      () => {
        throw new ModelError('auth', 'refused');
      },
    ],
    [
      'a bug',
      () => {
        throw new TypeError('a bug');
      },
    ],
  ])('notes that had no answer are given back: %s', async (_name, fail) => {
    const back: string[] = [];
    const { deps, steps } = setUp([{ calls: [call('read', { path: 'a' })] }, fail], {
      inbox: [[note('the task')], [note('a word in the middle'), note('a reminder', 'observer')]],
      giveBack: (notes) => back.push(...notes.map(({ text }) => text)),
    });
    await runLoop(deps).catch(() => undefined);
    expect(steps.map(({ notes }) => notes.map(({ text }) => text))).toEqual([['the task']]);
    expect(back).toEqual(['a word in the middle', 'a reminder']);
  });

  test('nothing is given back where every note stands in a step', async () => {
    const back: Note[] = [];
    const { deps } = setUp([{ text: 'ok' }], { giveBack: (notes) => back.push(...notes) });
    expect((await runLoop(deps)).outcome).toBe('done');
    expect(back).toEqual([]);
  });

  test('empty answers are asked on three times, then it is an error', async () => {
    const { deps, steps } = setUp([{ text: '' }, { text: ' ' }, {}, {}, { text: 'never reached' }]);
    expect((await runLoop(deps)).outcome).toBe('error');
    expect(steps).toHaveLength(4);
  });
});

test('the way back is made once a turn, before the first call that may change something', async () => {
  let made = 0;
  const seen: number[] = [];
  const { deps } = setUp(
    [
      { calls: [call('read', { path: 'a' })] },
      { calls: [call('edit', { path: 'a' }), call('edit', { path: 'b' })] },
      { text: 'ok' },
    ],
    {
      beforeChange: async () => {
        made++;
      },
      tools: [
        tool('read', 'read', async () => ({ output: String(seen.push(made)) })),
        tool('edit', 'edit', async () => ({ output: String(seen.push(made)) })),
      ],
    },
  );
  await runLoop(deps);
  expect(seen).toEqual([0, 1, 1]);
});

test('the end of a background command stands before the next request, once, and is no reason to make one', async () => {
  const codes: Record<string, number> = {};
  const makeJob = (id: string): Job => ({
    id,
    command: 'npm run dev',
    startedAtMs: 0,
    takeOutput: () => '',
    recentOutput: () => '',
    exitCode: () => codes[id],
    ended: Promise.resolve(),
    isEndTold: false,
    isEndedByUser: false,
    kill: async () => {},
    broken: async () => undefined,
  });
  const read = tool('read', 'read', async () => {
    codes['job-1'] = 3;
    return { output: '' };
  });
  const settle = async () => {
    codes['job-2'] = 0;
  };
  const { deps, steps } = setUp(
    [{ text: 'look', calls: [call('read', { path: 'a' })] }, { text: 'all done' }, { text: 'done again' }],
    {
      inbox: [[note('the task')], [], [], [note('more')]],
      observerPort: { settle },
      tools: [read],
      workspace: { ...workspace, jobs: new Map(['job-1', 'job-2'].map((id) => [id, makeJob(id)])) },
    },
  );
  await runLoop(deps);
  expect(steps).toHaveLength(2);
  await runLoop(deps);
  const ended = (how: string) => expect.stringContaining(`${how}: \`npm run dev\``);
  expect(steps.map(({ notes }) => notes.map(({ text }) => text))).toEqual([
    ['the task'],
    [ended('job-1 ended with exit code 3')],
    [ended('job-2 ended with exit code 0'), 'more'],
  ]);
});
