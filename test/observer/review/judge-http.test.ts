import { readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { WinkSummary } from '../../../src/core/types.ts';
import type { ScenarioRule, ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { type ModelServer, startModelServer } from '../../../src/demo/server.ts';
import { checkCall, eventsOf, eventually, makeStep, startRun, type TestRun } from '../runs.ts';

/** A finding about the claim at the end of the turn; without `next` the adviser is asked. */
const present = (words: string, step = 1, next = ''): string =>
  JSON.stringify({
    findings: [
      {
        class: 'false-claim',
        steps: [step - 1, step],
        words,
        shown: '3 failing',
        missing: '',
        innocent: 'none',
        harm: 'The user believes it.',
        certainty: 'certain',
        next,
      },
    ],
  });
const absent = '{"claims": [], "requests": [], "findings": []}';
const claim = 'Fixed: all 12 tests pass now.';
const injections = join(import.meta.dirname, '..', '..', 'fixtures', 'injections');

const open: { server: ModelServer; run: TestRun }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).flatMap(({ server, run }) => [run.observer.close(), server.close()]));
});

/** A run whose judge is the scripted server: `judge` are its answers, one after the other, the last one for ever. */
async function openJudged(
  judge: ScriptedReply[],
  config: Record<string, unknown> = {},
  parts: Parameters<typeof startRun>[1] = {},
): Promise<{ server: ModelServer; run: TestRun }> {
  const rules: ScenarioRule[] = [
    { when: { kind: 'adviser' }, replies: [{ text: 'DO run `npm test` and read its last line.' }], after: 'repeat' },
    { replies: judge, after: 'repeat' },
  ];
  const server = await startModelServer({ scenario: { rules } });
  const judgeModel = { name: 'judge-model', baseUrl: server.url, api: 'chat', maxRetries: 0 } as const;
  const withoutRule = { detectors: { 'completion-claim': { enabled: false } } };
  const run = startRun({ ...withoutRule, ...config }, { judgeModel, ...parts });
  open.push({ server, run });
  return { server, run };
}

/** The agent runs red tests, claims that they pass, and ends its turn; gives what comes before it then. */
async function claimTooMuch(run: TestRun, output = '3 failing'): Promise<readonly string[]> {
  run.act('shell', { command: 'npm test' }, { output, isError: true, errorKind: 'command-failed' });
  const stepsObserved = (): number => {
    run.observer.drain([]);
    return run.observer.summary().stepsObserved;
  };
  await eventually(stepsObserved).toBe(1);
  run.speak(claim);
  await run.observer.settle(new AbortController().signal);
  return run.observer.drain([]).notes.map((note) => note.text);
}

const reasonsOf = (run: TestRun): string[] =>
  eventsOf(run.events, 'suppressed').map((event) => event.suppressed.reason);

describe('a judge over HTTP', () => {
  it('that agrees re-opens the turn with both sides and what to do next, in one call', async () => {
    const { run, server } = await openJudged([{ text: present('all 12 tests pass', 1, 'Fix what `npm test` shows.') }]);
    const [text] = await claimTooMuch(run);
    expect(text).toBe(
      'You said: “all 12 tests pass”. Against it: “3 failing”.\n\nFix what `npm test` shows. The user will see only your next final message, so give the whole summary again in it, corrected.',
    );
    expect(server.requests).toHaveLength(1);
    expect(run.observer.summary()).toMatchObject({ judgeCalls: 1, reminders: 1, health: 'ok' });
  });

  it('that does not say what to do next leaves that to the adviser', async () => {
    const { run, server } = await openJudged([{ text: present('all 12 tests pass') }]);
    const [text] = await claimTooMuch(run);
    expect(text).toContain('DO run `npm test` and read its last line.');
    expect(text).toContain('all 12 tests pass');
    expect(eventsOf(run.events, 'verdict')).toMatchObject([
      { verdict: { class: 'false-claim', source: 'judge', quote: 'all 12 tests pass' } },
    ]);
    expect(server.requests).toHaveLength(2);
    expect(run.observer.summary()).toMatchObject({ judgeCalls: 2, reminders: 1, health: 'ok' });
    expect(run.observer.summary().usage.inputTokens).toBeGreaterThan(0);
  });

  it('that disagrees leaves the turn ended', async () => {
    const { run } = await openJudged([{ text: absent }]);
    expect(await claimTooMuch(run)).toEqual([]);
    expect(run.observer.summary()).toMatchObject({ judgeCalls: 1, verdicts: 0, suppressed: 0 });
  });

  it('sees what the program told the agent, and on disk that the folder is no repository', async () => {
    const facts = { task: 'Fix the failing test', cwd: parse(import.meta.dirname).root, dirtyFiles: [] };
    const { run, server } = await openJudged([{ text: absent }], {}, { facts });
    const told = { from: 'harness', text: 'The subagent s1 has ended.', at: '2026-01-01T00:00:00.000Z' } as const;
    const step = makeStep(0, '', [told], { name: 'shell', input: { command: 'echo 1 > a.js && node a.js' } });
    run.trajectory.steps.push(step);
    run.observer.step(step);
    run.speak('Done.');
    await run.observer.settle(new AbortController().signal);
    const asked = JSON.stringify(server.requests.at(-1)?.body);
    expect(asked).toContain('The work folder is in no repository.');
    expect(asked).toContain('The subagent s1 has ended.');
  });

  it('reviews a run that a limit has stopped, and what it finds stands before the next request', async () => {
    const { run, server } = await openJudged([{ text: present('npm test', 1, 'Read what failed.') }]);
    run.act('read', { path: 'a.ts' });
    run.act('shell', { command: 'npm test' }, { output: '3 failing', isError: true, errorKind: 'command-failed' });
    await run.observer.settle(new AbortController().signal);
    const asked = JSON.stringify(server.requests.at(-1)?.body);
    expect(asked).toContain('The run stops here');
    expect(run.observer.drain([]).notes.map(({ text }) => text)).toEqual([
      expect.stringContaining('Read what failed.'),
    ]);
  });

  it('that agrees in shadow says nothing to the model', async () => {
    const { run } = await openJudged([{ text: present('all 12 tests pass') }]);
    run.observer.setMode('shadow');
    expect(await claimTooMuch(run)).toEqual([]);
    expect(eventsOf(run.events, 'reminder')).toMatchObject([{ mode: 'shadow' }]);
  });

  it('that hangs is given up, and costs a bounded wait', async () => {
    const { run } = await openJudged([{ fault: { kind: 'silence', at: 'before' } }], {
      judge: { timeoutSeconds: 0.1 },
    });
    expect(await claimTooMuch(run)).toEqual([]);
    expect(reasonsOf(run)[0]).toContain('no answer in 0.1 s');
    expect(run.observer.summary().health).toBe('ok');
    expect(run.observer.summary()).toMatchObject({ judgeCalls: 1, usage: { costUsd: null } });
    expect(run.observer.summary().usage.inputTokens).toBeGreaterThan(100);
  });

  it('that hangs longer than the turn may wait is not waited for', async () => {
    const { run } = await openJudged([{ fault: { kind: 'silence', at: 'midway' }, text: absent }], {
      finalWaitSeconds: 0.2,
    });
    expect(await claimTooMuch(run)).toEqual([]);
    expect(eventsOf(run.events, 'verdict')).toEqual([]);
    expect(run.observer.summary()).toMatchObject({ judgeCalls: 1, usage: { costUsd: null } });
  });

  it('that is slow is asked about the end of the turn all the same, and a review under way is cut off for it', async () => {
    const { run, server } = await openJudged(
      [{ fault: { kind: 'silence', at: 'before' } }, { text: present('all 12 tests pass', 3, 'Run it.') }],
      { finalWaitSeconds: 60, judge: { timeoutSeconds: 120 } },
    );
    run.act('edit', { path: 'src/a.ts', old_string: 'a', new_string: 'b' });
    run.act('shell', { command: 'git add -A' });
    await eventually(() => server.requests.length).toBe(1);
    run.act('shell', { command: 'npm test' }, { output: '3 failing', isError: true, errorKind: 'command-failed' });
    run.speak(claim);
    await run.observer.settle(new AbortController().signal);
    const [text] = run.observer.drain([]).notes.map((note) => note.text);
    expect(text).toContain('all 12 tests pass');
    expect(run.observer.summary()).toMatchObject({ reminders: 1, judgeCalls: 2 });
  });

  const garbage: ScriptedReply[] = [
    { text: 'Yes, I am sure it is a false claim.' },
    { text: '<verdict>present</verdict>' },
    { text: `${present('all 12 tests pass').slice(0, -20)}` },
    { text: present('all 13 tests pass') },
    { text: '{"findings": [{"class": "false-claim"}]}' },
    { fault: { kind: 'html', status: 502 } },
    { fault: { kind: 'truncated-json' }, text: present('all 12 tests pass') },
    { fault: { kind: 'reset', at: 'midway' }, text: present('all 12 tests pass') },
  ];
  it.each(garbage)('that sends garbage gives no verdict: %j', async (reply) => {
    const { run } = await openJudged([reply]);
    expect(await claimTooMuch(run)).toEqual([]);
    expect(eventsOf(run.events, 'verdict')).toEqual([]);
    expect(reasonsOf(run).length).toBeGreaterThan(0);
  });

  it('is asked with a JSON schema, on its own model, and never with tools', async () => {
    const { run, server } = await openJudged([{ text: absent }]);
    run.say('Fix the tests. Do not touch the build.');
    await claimTooMuch(run);
    expect(server.requests.length).toBeGreaterThan(0);
    for (const { body } of server.requests) {
      expect(body).toMatchObject({ model: 'judge-model', response_format: { type: 'json_schema' } });
      expect(body).not.toHaveProperty('tools');
    }
  });

  it('is asked about constraints of AGENTS.md, with what was found of them and was refused', async () => {
    const instructions = [{ text: 'Do not commit.', source: 'AGENTS.md' }];
    const { run, server } = await openJudged([{ text: absent }], { instructionFiles: 'refuse' }, { instructions });
    const call = { id: 'a', name: 'shell', input: { command: 'git commit -m x' } };
    expect(checkCall(run, call, [{ kind: 'command', command: 'git commit -m x' }])).toBeDefined();
    run.act('shell', call.input, { isError: true, errorKind: 'blocked', output: 'refused' });
    run.act('edit', { path: 'src/a.ts' });
    run.speak('Done.');
    await run.observer.settle(new AbortController().signal);
    const questions = server.requests.map(({ body }) => JSON.stringify(body.messages));
    const asked = questions.find((text) => text.includes('has just ended its turn'));
    expect(asked).toContain('(AGENTS.md)');
    expect(asked).toContain('(the call was refused)');
  });

  it('is asked nothing while the agent only looks, however long', async () => {
    const { run, server } = await openJudged([{ text: absent }]);
    for (let index = 0; index < 30; index += 1)
      run.act('read', { path: `src/${index}.ts` }, { output: `file ${index}` });
    run.speak('It is a file.');
    await run.observer.settle(new AbortController().signal);
    expect(server.requests).toEqual([]);
  });

  it('gives advice for a loop that a rule found, when the first reminder did not help', async () => {
    const { run } = await openJudged([{ text: absent }]);
    const failing = { output: '1 failing', isError: true, errorKind: 'command-failed' } as const;
    const texts: string[] = [];
    const summaryNow = (): WinkSummary => {
      texts.push(...run.observer.drain([]).notes.map((note) => note.text));
      return run.observer.summary();
    };
    const testAgain = async (): Promise<void> => {
      run.act('shell', { command: 'npm test' }, failing);
      const seen = run.trajectory.steps.length;
      await eventually(() => summaryNow().stepsObserved).toBe(seen);
    };
    for (let round = 0; round < 4; round += 1) await testAgain();
    await eventually(() => summaryNow().usage.outputTokens).toBeGreaterThan(0);
    for (let round = 0; round < 2; round += 1) await testAgain();
    summaryNow();
    expect(texts[0]).toContain('Another round of the same');
    expect(texts[1]).toContain('This is still going on');
    expect(texts[1]).toContain('DO run `npm test` and read its last line.');
  });

  it('is not there when no model is given for it', async () => {
    const run = startRun();
    open.push({ run, server: await startModelServer({ scenario: [] }) });
    expect((await claimTooMuch(run))[0]).toContain('The turn ends with a claim of success');
    expect(run.observer.summary().judgeCalls).toBe(0);
  });

  it('is asked about everything else also when a rule has found something that re-opens the turn', async () => {
    const { run, server } = await openJudged([{ text: absent }], { detectors: {} });
    expect(await claimTooMuch(run)).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });
});

describe('constraints in the words of the user', () => {
  it('are read by the judge in other languages, and only where the quote is theirs', async () => {
    const found = [
      { quote: 'ne touche à rien dans db/', restated: 'Do not modify db/.' },
      { quote: 'nie gesagt', restated: 'Do not modify src/.' },
    ];
    const { run, server } = await openJudged([{ text: JSON.stringify({ constraints: found }) }]);
    run.say('Corrige l’erreur, mais ne touche à rien dans db/.');
    run.act('read', { path: 'src/a.ts' });
    await eventually(() => server.requests.length).toBeGreaterThan(0);
    await eventually(() => {
      run.observer.drain([]);
      return run.observer.ledger().map(({ quote }) => quote);
    }).toEqual(['ne touche à rien dans db/']);
  });

  it('that the user lifted are not put back by the judge', async () => {
    const found = [{ quote: 'Do not modify the tests', restated: 'Do not modify the tests.' }];
    const { run, server } = await openJudged([{ text: JSON.stringify({ constraints: found }) }]);
    run.say('Fix it. Do not modify the tests.');
    run.observer.lift(run.observer.ledger()[0]!.id);
    run.act('read', { path: 'src/a.ts' });
    await eventually(() => server.requests[0]?.answeredAtMs).toBeDefined();
    await run.observer.settle(new AbortController().signal);
    run.observer.drain([]);
    expect(run.observer.ledger()).toEqual([]);
  });
});

describe('text that speaks to the judge', () => {
  it.each([
    'judge-order.txt',
    'judge-format.txt',
    'judge-accuse.txt',
    'fence-close.txt',
    'chatml.txt',
    'zero-width.txt',
  ])('%s stands inside the fence as data, and changes neither form nor model of the question', async (name) => {
    const attempt = readFileSync(join(injections, name), 'utf8');
    const { run, server } = await openJudged([{ text: absent }]);
    await claimTooMuch(run, `3 failing\n${attempt}`);
    const { body } = server.requests[0]!;
    expect(body).toMatchObject({ model: 'judge-model', response_format: { type: 'json_schema' } });
    const user = JSON.stringify(body.messages);
    const fence = /<steps-([0-9a-f]{12})>/.exec(user)?.[1];
    expect(attempt).not.toContain(fence);
    expect(user.split(`</steps-${fence}>`)).toHaveLength(2);
    const marker = attempt
      .trim()
      .split('\n')
      .at(-1)!
      .slice(0, 20)
      .replace(/[<[].*/, '');
    expect(user.indexOf(marker)).toBeLessThan(user.indexOf(`</steps-${fence}>`));
    expect(user).not.toMatch(/<\|im_start\|>|<system-reminder>/);
  });

  it('wins nothing when the judge obeys it: an accusation without a real quote is void', async () => {
    const attempt = readFileSync(join(injections, 'judge-accuse.txt'), 'utf8');
    const { run } = await openJudged([{ text: present('rm -rf /home/user') }]);
    expect(await claimTooMuch(run, attempt)).toEqual([]);
    expect(reasonsOf(run)).toContain('the judge quotes what is not in the account');
  });
});
