import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { compiledCode } from '../../compiled-code.ts';
import { launcher, makePlace, open, serve, startBuilt as start, typeTask } from '../built.ts';
import type { TestScreen } from '../driver.ts';
import { matchesGolden } from '../golden.ts';

/** Everything printed, without what differs from run to run: times, tokens, ids. */
function golden(screen: TestScreen): string {
  return `${screen
    .all()
    .join('\n')
    .replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠋')
    .replace(/(?: · )?\d+(?:\.\d)? s\b/g, '')
    .replace(/\d+(?:\.\d)?k?(?= tokens| in context| of )|\d+%(?= of)/g, 'N')
    .replace(/ · \$\d[\d.]*/g, '')
    .replace(/\(\d+% cached\)/g, '(N% cached)')
    .replace(/N of N(?:\.\d)?k/g, 'N of N')
    .replace(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'SESSION')
    .replace(/ +$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

const look: ScriptedReply = { text: 'I look at it.', calls: [{ name: 'read', arguments: { path: 'src/sum.js' } }] };
const mend: ScriptedReply = {
  text: 'It subtracts; I mend that.',
  calls: [
    { name: 'edit', arguments: { path: 'src/sum.js', edits: [{ oldText: 'return a - b', newText: 'return a + b' }] } },
  ],
};
const same: ScriptedReply = {
  text: 'Again.',
  calls: [{ name: 'shell', arguments: { command: 'node --check src/none.js' } }],
};
const end: ScriptedReply = { text: 'Mended: `sum` adds now.' };
const slow: ScriptedReply = { fillerTokens: 4_000, tokensPerSecond: 50 };

describe('the built program', () => {
  it('offers ways to a model at its first run', async () => {
    const place = makePlace();
    writeFileSync(join(place.home, '.wink/config.json'), '{ "modle": "x" }');
    const screen = start(place, [], { env: { OPENAI_API_KEY: '' } });
    await screen.shows('Choose a model');
    await screen.shows(/did you\s+mean "model"\?/);
    await screen.shows('A key of a provider');
    expect(screen.text().replace(/\s+/g, ' ')).toContain('The agent waits for it for at most 25 ms a step');
    screen.press('q');
    expect(await screen.exit()).toBe(0);
  });

  it('does a whole task: asks with the diff, edits, answers', async () => {
    const screen = start(makePlace(), await serve(look, mend, end, end));
    await typeTask(screen, 'mend sum');
    await screen.shows('Allow edit?');
    await screen.shows('1-3, arrows and Enter');
    await matchesGolden(() => golden(screen), 'built-approval.txt');
    await screen.answers('1');
    await screen.shows('✓ done');
    await screen.shows('Ask for something');
    await matchesGolden(() => golden(screen), 'built-task.txt');
  });

  it('shows a reminder as a card, and under --shadow what it would have said', async () => {
    const flags = ['--approval', 'full'];
    const words = await serve(same, same, same, same, same, same, end);
    const screen = start(makePlace(), [...words, ...flags]);
    await typeTask(screen, 'check it');
    await screen.printed('the observer said to the model');
    const shadow = start(makePlace(), [
      ...(await serve(same, same, same, same, same, same, end)),
      ...flags,
      '--shadow',
    ]);
    await typeTask(shadow, 'check it');
    await shadow.printed('the observer would have said');
    expect(shadow.all().join('\n')).not.toContain('the observer said to the model');
  });

  it('keeps what the user calls a false alarm, and the report counts it as one', async () => {
    const place = makePlace();
    const screen = start(place, [...(await serve(same, same, same, look, end)), '--approval', 'full']);
    await typeTask(screen, 'check it');
    await screen.printed('the observer said to the model');
    await screen.shows('✓ done');
    screen.press('/wink wrong\r');
    await screen.printed('Noted as a false alarm: infinite-loop, said before step 4.');
    screen.press('/quit\r');
    await screen.exit();
    const report = spawnSync(process.execPath, [launcher, 'report', '--format', 'json'], {
      cwd: place.cwd,
      env: { PATH: process.env.PATH, HOME: place.home, WINK_HOME: join(place.home, '.wink'), ...compiledCode },
      encoding: 'utf8',
    });
    const { figures } = JSON.parse(report.stdout) as { figures: { key: string; estimate: { value: number | null } }[] };
    const value = (key: string) => figures.find((figure) => figure.key === key)?.estimate.value;
    expect([value('falseAlarms'), value('recovery'), value('misbehaving')]).toEqual([1, null, 0]);
  });

  it('keeps the mode, the model and its endpoint that were chosen on the screen, after /clear, too', async () => {
    const [, , , url] = await serve(mend, end);
    const place = makePlace();
    const config = { model: 'own/first', approval: 'edits', providers: { own: { baseUrl: url } } };
    writeFileSync(join(place.home, '.wink/config.json'), JSON.stringify(config));
    const screen = start(place, []);
    await screen.shows('Ask for something');
    for (const [command, answer] of [
      ['/approval ask', 'Approval ask:'],
      ['/model second', 'The next request goes to second'],
      ['/clear', 'A new session'],
    ]) {
      screen.press(`${command}\r`);
      await screen.printed(answer!);
    }
    await typeTask(screen, 'mend it');
    await screen.shows('Yes, this once');
    const models = open.servers[0]?.requests.filter(({ body }) => body.tools).map(({ body }) => body.model);
    expect(models).toEqual(['second']);
  });

  it('says which subagent asks', async () => {
    const task = { description: 'tidy up', prompt: 'Remove it.', agent: 'general' };
    const remove = { calls: [{ name: 'shell', arguments: { command: 'rm src/sum.js' } }] };
    const screen = start(makePlace(), await serve({ calls: [{ name: 'task', arguments: task }] }, remove, end));
    await typeTask(screen, 'tidy up');
    await screen.shows('Allow shell for the subagent general?');
  });

  it('stops on Esc and goes on with nothing by itself; what was queued comes back, and the model knows what it had written', async () => {
    const screen = start(makePlace(), await serve(slow, end));
    await typeTask(screen, 'write a lot');
    await screen.shows('writing');
    screen.press('and then this');
    await screen.shows('and then this');
    screen.press('\r');
    await screen.shows('next: and then this');
    screen.press('\u001b');
    await screen.printed('Interrupted.');
    await screen.shows('❯ and then this');
    const asked = () => open.servers[0]?.requests.filter(({ body }) => Array.isArray(body.tools)) ?? [];
    expect(asked()).toHaveLength(1);
    screen.press('\r');
    await screen.shows('Mended');
    const messages = asked()[1]?.body.messages as { role: string; content: string }[];
    const [written, told, next] = messages.slice(-3);
    expect(written?.role).toBe('assistant');
    expect(screen.all().join('\n')).toContain(written?.content.trim().split(/\s+/).slice(0, 5).join(' '));
    expect(told?.content).toContain('stopped before its end');
    expect(next?.content).toBe('and then this');
  });

  it.each([
    ['Ctrl+D', '\u0004'],
    ['Ctrl+C twice', '\u0003\u0003'],
    ['/quit', '/quit\r'],
  ])('%s while a command runs ends it and the program', async (_name, keys) => {
    const place = makePlace();
    const mark = join(place.home, 'mark');
    const ticks: ScriptedReply = {
      calls: [
        { name: 'shell', arguments: { command: `for i in $(seq 2000); do echo $i >> ${mark}; sleep 0.05; done` } },
      ],
    };
    const screen = start(place, [...(await serve(ticks, end)), '--approval', 'full']);
    await typeTask(screen, 'tick');
    await expect.poll(() => existsSync(mark), { timeout: 30_000 }).toBe(true);
    screen.press(keys);
    expect(await screen.exit()).toBe(0);
    const marks = readFileSync(mark, 'utf8');
    await setTimeout(500);
    expect(readFileSync(mark, 'utf8')).toBe(marks);
  });

  it('gives queued words to the model at its next step', async () => {
    const wait: ScriptedReply = { ...look, fillerTokens: 60, tokensPerSecond: 30 };
    const screen = start(makePlace(), await serve(wait, end));
    await typeTask(screen, 'look at sum');
    await screen.shows('writing');
    screen.press('and be brief\r');
    await screen.shows('next: and be brief');
    await screen.shows('✓ done');
    expect(JSON.stringify(open.servers[0]?.requests.at(-1)?.body.messages)).toContain('and be brief');
    expect(screen.all().filter((row) => row.includes('❯ and be brief'))).toHaveLength(1);
  });

  it('resumes a session with its words, diff and answer, and waits for the user', async () => {
    const place = makePlace();
    const words = await serve(look, mend, end, end);
    const first = start(place, [...words, '--approval', 'edits']);
    await typeTask(first, 'mend sum');
    await first.shows('✓ done');
    first.press('/quit\r');
    await first.exit();
    const screen = start(place, ['--continue', ...words]);
    await screen.shows('Ask for something');
    await screen.printed('sum adds now');
    expect(screen.text()).not.toContain('waiting for the model');
    await matchesGolden(() => golden(screen), 'built-resume.txt');
  });

  it('takes changes back by /undo, does them again by /redo, and goes back to before a message', async () => {
    const place = makePlace();
    const screen = start(place, [...(await serve(mend, end, end, end)), '--approval', 'edits']);
    await typeTask(screen, 'mend sum');
    await screen.shows('✓ done');
    screen.press('/undo\r');
    await screen.printed('✓ Undid "mend sum": 1 file put back: src/sum.js.');
    screen.press('/redo\r');
    await screen.printed('✓ Redid "mend sum": 1 file changed again: src/sum.js.');
    screen.press('and now?\r');
    await screen.shows(/Mended[\s\S]*Mended/);
    expect(JSON.stringify(open.servers[0]?.requests.at(-1)?.body.messages)).toMatch(
      /took back changes of yours[^"]*src\/sum\.js.*made again[^"]*src\/sum\.js.*and now\?/,
    );
    screen.press('/rewind\r');
    await screen.shows('Go back to before a message');
    screen.press('\u001b[A\r');
    await screen.shows('What should go back?');
    await screen.answers('1');
    await screen.shows('❯ mend sum');
    await screen.printed(/1 file put back: [\s\S]*1 file put back: /);
    screen.press('\u0015/redo\r');
    await screen.printed(/changed again: [\s\S]*changed again: /);
    const sum = join(place.cwd, 'src/sum.js');
    writeFileSync(sum, 'mine');
    screen.press('/undo --force\r');
    await screen.printed('/undo takes no words.');
    for (const [key, words] of [
      ['1', 'Nothing was changed.'],
      ['2', /(?:put back: src\/sum\.js[\s\S]*){3}/],
    ] as const) {
      screen.press('/undo\r');
      await screen.shows('Changed after the agent did: src/sum.js');
      await screen.answers(key);
      await screen.printed(words);
    }
    screen.press('/redo\r');
    await expect.poll(() => readFileSync(sum, 'utf8')).toBe('mine');
  });

  it('goes back to before words that were said while it worked, and goes on counting what was paid', async () => {
    const place = makePlace();
    const call = (command: string) => ({ calls: [{ name: 'shell' as const, arguments: { command } }] });
    const costly = { ...end, usage: { input: 60_000, output: 100 } };
    const replies = await serve(call('echo a > a.txt'), call('sleep 2'), call('echo b > b.txt'), costly);
    const screen = start(place, [...replies, '--wink', 'off', '--approval', 'full', '--max-tokens', '50000']);
    await typeTask(screen, 'one');
    await screen.shows('sleep 2');
    screen.press('two\r');
    await screen.shows('✓ done');
    const paid = /\S+ tokens(?= \()/.exec(screen.text())?.[0] ?? 'nothing';
    screen.press('/rewind\r');
    await screen.shows('Go back to before a message');
    screen.press('\r');
    await screen.shows('delete b.txt');
    await screen.answers('1');
    await screen.shows('❯ two');
    await screen.printed('1 file removed: b.txt');
    expect(['a.txt', 'b.txt'].map((name) => existsSync(join(place.cwd, name)))).toEqual([true, false]);
    await expect.poll(() => screen.rows().findLast((row) => row.includes(' · scripted'))).toContain(paid);
    screen.press('\r');
    await screen.printed('The run reached its limit of 50000 tokens');
  });

  it('/undo names a file that it would remove, and leaves it first', async () => {
    const make = { calls: [{ name: 'shell' as const, arguments: { command: 'echo x > made.txt' } }] };
    const place = makePlace();
    const screen = start(place, [...(await serve(make, end)), '--approval', 'full']);
    await typeTask(screen, 'make it');
    await screen.shows('✓ done');
    screen.press('/undo\r');
    await screen.shows('Perhaps yours, since no edit of the agent wrote it: made.txt');
    await screen.shows('2. Remove made.txt; /redo brings back what is there now');
    await screen.answers('2');
    await screen.printed('1 file removed: made.txt');
    expect(existsSync(join(place.cwd, 'made.txt'))).toBe(false);
  });

  it('fits 60 columns, and shows no colour under NO_COLOR', async () => {
    const screen = start(makePlace(), [...(await serve(look, mend, end, end)), '--approval', 'edits'], {
      columns: 60,
      env: { NO_COLOR: '1' },
    });
    await typeTask(screen, 'mend sum');
    await screen.shows('✓ done');
    await screen.shows('Ask for something');
    expect(screen.hasColour()).toBe(false);
    await matchesGolden(() => golden(screen), 'built-narrow.txt');
  });
});
