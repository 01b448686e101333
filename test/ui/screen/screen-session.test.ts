import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { launcher, makePlace, open, serve, startBuilt as start, typeTask } from '../built.ts';

const end: ScriptedReply = { text: 'Done as asked.' };
const edit: ScriptedReply = {
  calls: [
    { name: 'edit', arguments: { path: 'src/sum.js', edits: [{ oldText: 'return a - b', newText: 'return a + b' }] } },
  ],
};

describe('what was granted', () => {
  it('is listed, and a rule of this session is taken back', async () => {
    const screen = start(makePlace(), await serve(edit, end, end));
    await typeTask(screen, 'add');
    // A rule that does not cover the call is no yes to it.
    await screen.answers('\t');
    await screen.shows('Rule: edit(src/**)');
    screen.press('\u0015edit(docs/**)\r');
    await screen.shows('edit(docs/**) is kept for this session, but does not cover this call.');
    await screen.answers('2');
    await screen.shows('✓ done');
    screen.press('/rules\r');
    await screen.shows(/allow edit\(src\/\*\*\)\s+this session: Enter takes it back/);
    screen.press('src');
    await screen.shows('❯ src');
    screen.press('\r');
    await screen.printed('edit(src/**) is taken back');
    screen.press('/rules\r');
    await screen.shows('1 of 1');
    screen.press('\r');
    await screen.printed('edit(docs/**) is taken back');
    screen.press('/rules\r');
    await screen.shows('There are no rules: the approval mode alone decides.');
  });

  const startsJob = (command: string) => ({ name: 'shell', arguments: { command, background: true } });

  it('shows what a background command prints, and ends it when asked twice', async () => {
    const place = makePlace();
    const command = 'echo ready; until [ -e go ]; do sleep 0.05; done; echo more; sleep 300';
    const words = [...(await serve({ calls: [startsJob(command)] }, end)), '--approval', 'full'];
    const screen = start(place, words);
    await typeTask(screen, 'serve');
    await screen.shows('✓ done');
    await screen.shows('job-1: /jobs shows its output and can end it; it ends with the session.');
    screen.press('/jobs\r');
    await screen.shows('1 background command');
    screen.press('\r');
    await screen.shows(/ready[\s\S]*\[running\]/);
    writeFileSync(join(place.cwd, 'go'), '');
    await screen.shows('more');
    screen.press('x');
    await screen.shows('End job-1?');
    await screen.answers('n');
    await screen.hides('End job-1?');
    screen.press('x');
    await screen.answers('y');
    await screen.shows('job-1 was ended.');
    await screen.shows('[ended by a signal]');
    // In one piece: what follows the key that closes a page is not lost.
    screen.press('q/jobs end job-1\r');
    await screen.printed('job-1 has ended already.');
    screen.press('/quit\r');
    await screen.exit();
    const again = start(place, ['--continue', ...words]);
    await again.printed('ran in the background');
    await again.printed('job-1 ended with its session.');
  });

  it('says at once that a background command has ended, and tells the model once, with the next message', async () => {
    const place = makePlace();
    const job = startsJob('until [ -e go ]; do sleep 0.05; done; exit 3');
    const asks = { calls: [{ name: 'shell', arguments: { job: 'job-1' } }] };
    const words = await serve({ calls: [job] }, end, end, asks, end);
    const screen = start(place, [...words, '--approval', 'full', '--wink', 'off']);
    await typeTask(screen, 'serve');
    await screen.shows('✓ done');
    writeFileSync(join(place.cwd, 'go'), '');
    const line = 'job-1 ended with exit code 3: `until [ -e go ]; do sleep 0.05; done; exit 3`';
    await screen.printed(line);
    const { requests } = open.servers.at(-1)!;
    expect(requests).toHaveLength(2);
    await typeTask(screen, 'and now?');
    await expect.poll(() => requests.length).toBe(3);
    await screen.hides('Esc interrupts');
    await typeTask(screen, 'and then?');
    await expect.poll(() => requests.length).toBe(5);
    await screen.hides('Esc interrupts');
    const said = requests.map(({ body }) => (body as { messages: { role: string; content: unknown }[] }).messages);
    for (const [index, messages] of said.slice(1).entries())
      expect(JSON.stringify(messages).startsWith(JSON.stringify(said[index]).slice(0, -1))).toBe(true);
    const heard = said
      .at(-1)!
      .filter(({ role }) => role === 'user')
      .map(({ content }) => content);
    expect(heard).toEqual(['serve', expect.stringContaining(`${line}. See what it printed`), 'and now?', 'and then?']);
    expect(screen.text().split('ended with exit code 3: `').length).toBe(2);
  });

  it('says on a page and over a list that a question waits', async () => {
    const wait: ScriptedReply = {
      calls: [{ name: 'shell', arguments: { command: 'until [ -e go ]; do sleep 0.05; done' } }],
    };
    const place = makePlace();
    const flags = ['--allow', 'shell(until:*)'];
    const screen = start(place, [...(await serve(wait, edit, wait, edit, end)), ...flags]);
    await typeTask(screen, 'add');
    await screen.shows('working');
    screen.press('\u000f');
    await screen.shows('Transcript');
    writeFileSync(join(place.cwd, 'go'), '');
    await screen.shows('A question waits: q leads to it');
    screen.press('q');
    await screen.shows('Allow edit?');
    screen.press('/rules\r');
    await screen.shows('A question waits: Esc closes this list and leads to it');
    screen.press('\u001b');
    await screen.shows('Allow edit?');
  });

  it('counts background commands in the status line, and notices that one has ended while nothing else happens', async () => {
    const place = makePlace();
    const servers: ScriptedReply = {
      calls: [
        startsJob('until [ -e first ]; do sleep 0.05; done'),
        startsJob('until [ -e second ]; do sleep 0.05; done'),
      ],
    };
    const screen = start(place, [...(await serve(servers, end)), '--approval', 'full']);
    await typeTask(screen, 'serve');
    await screen.shows('✓ done');
    await screen.shows(' · 2 jobs · ');
    writeFileSync(join(place.cwd, 'first'), '');
    await screen.shows(' · 1 job · ');
    writeFileSync(join(place.cwd, 'second'), '');
    await screen.hides(' · 1 job · ');
  });
});

describe('a call that must fail', () => {
  it('is not asked for: the model hears why', async () => {
    const missing: ScriptedReply = {
      calls: [{ name: 'edit', arguments: { path: 'src/sum.js', edits: [{ oldText: 'nowhere', newText: 'x' }] } }],
    };
    const screen = start(makePlace(), await serve(missing, end, end));
    await typeTask(screen, 'edit');
    await screen.shows('Done as asked.');
    await screen.shows('✓ done');
    expect(screen.all().join('\n')).not.toContain('Allow edit?');
    expect(screen.text()).toContain('✗ edit src/sum.js');
  });
});

describe('a plan', () => {
  const todo = (first: string, second: string): ScriptedReply => ({
    calls: [
      {
        name: 'todo',
        arguments: {
          items: [
            { text: 'read the code', status: first },
            { text: 'fix the sign', status: second },
          ],
        },
      },
    ],
  });

  it('stands pinned while the agent works, with the item in progress', async () => {
    const slow: ScriptedReply = { calls: [{ name: 'shell', arguments: { command: 'sleep 30' } }] };
    const screen = start(makePlace(), [...(await serve(todo('done', 'doing'), slow, end)), '--approval', 'full']);
    await typeTask(screen, 'plan it');
    await screen.shows('to do: 1 of 2 done');
    await screen.shows('▸ fix the sign');
  });

  it('made in plan mode is kept in a file, and the screen asks whether to start', async () => {
    const place = makePlace();
    const plan = '## Plan\n\n1. Change the sign in src/sum.js.\n2. Run the tests.';
    const screen = start(place, [...(await serve({ text: plan }, { text: plan }, end)), '--approval', 'plan']);
    await typeTask(screen, 'plan it');
    await screen.shows('Start now?');
    await screen.answers('3');
    await screen.shows('Tell it:');
    screen.press('more tests\r');
    await screen.printed('❯ more tests');
    await expect.poll(() => screen.all().filter((row) => row === 'Start now?')).toHaveLength(1);
    const path = /The plan is kept in (\S+)\./.exec(screen.rows().join('').replace(/\s+/g, ' '))?.[1] ?? '';
    expect(readFileSync(path.replace('~', place.home), 'utf8')).toContain('Change the sign');
    await screen.answers('\t');
    await screen.shows('And tell it:');
    screen.press('\u001b[200~but not step 2:\n  keep it\u001b[201~\r');
    await screen.shows('Carry out the plan above.');
    await screen.shows('· ask ·');
    const sent = () => JSON.stringify(open.servers[0]?.requests.map(({ body }) => body.messages));
    await expect.poll(sent, { timeout: 20_000 }).toContain('Carry out the plan above');
    expect(sent()).toMatch(
      /The user has set mode plan.*plan it.*more tests.*Mode plan is over.*Carry out.*but not step 2:\\n {2}keep it/,
    );
  });

  it('is kept and asked about as well where the mode declined a call on the way to it', async () => {
    const place = makePlace();
    const tries = { calls: [{ name: 'write', arguments: { path: 'src/plan.js', content: 'plan' } }] };
    const plan = (what: string) => ({ text: `1. Change the ${what} in src/sum.js.\n2. Run the tests.` });
    const words = await serve(tries, plan('sign'), plan('name'));
    const screen = start(place, [...words, '--approval', 'plan']);
    await typeTask(screen, 'plan it');
    await screen.printed('write src/plan.js');
    screen.press('another one');
    await screen.shows('Start now?');
    const [first = ''] = readdirSync(join(place.home, '.wink/plans'));
    expect(readFileSync(join(place.home, '.wink/plans', first), 'utf8')).toContain('Change the sign');
    // Words that were written meanwhile make another plan, and the question is about that one.
    await screen.shows('another one');
    screen.press('\r');
    await screen.printed('Change the name');
    await screen.shows('Start now?');
    const path = /The plan is kept in (\S+)\./.exec(screen.rows().join('').replace(/\s+/g, ' '))?.[1] ?? '';
    expect(readFileSync(path.replace('~', place.home), 'utf8')).toContain('Change the name');
    // A command may be typed at it, and in another conversation nothing is asked about this one.
    screen.press('/clear');
    await screen.shows('❯ /clear');
    screen.press('\r');
    await screen.printed('A new session has begun');
    await screen.hides('Start now?');
  });
});

describe('coming and going', () => {
  it('says on leaving how to go on, when there is something to go on with', async () => {
    const place = makePlace();
    const words = await serve(end);
    const screen = start(place, words);
    await typeTask(screen, 'hello');
    await screen.shows('✓ done');
    screen.press('/quit\r');
    await screen.exit();
    const id = /To continue: wink-agent resume (\S+)/.exec(screen.all().join('\n'))?.[1];
    const again = start(place, ['resume', id ?? '', ...words]);
    await again.printed('Done as asked.');
    const empty = start(makePlace(), words);
    await empty.shows('Ask for something');
    empty.press('/quit\r');
    await empty.exit();
    expect(empty.all().join('\n')).not.toContain('To continue');
  });

  it('loses nothing that was allowed and done when it is killed at a later question of the same step', async () => {
    const place = makePlace();
    writeFileSync(join(place.cwd, 'src/two.js'), 'export const two = 1;\n');
    const call = (path: string, oldText: string, newText: string) => ({
      name: 'edit',
      arguments: { path, edits: [{ oldText, newText }] },
    });
    const both: ScriptedReply = {
      calls: [call('src/sum.js', 'return a - b', 'return a + b'), call('src/two.js', 'two = 1', 'two = 2')],
    };
    const words = await serve(both, end, end);
    const screen = start(place, words);
    await typeTask(screen, 'two edits');
    await screen.answers('y');
    await screen.shows('src/two.js');
    await screen.shows('Allow edit?');
    screen.kill('SIGKILL');
    await screen.exit();
    const again = start(place, ['--continue', ...words]);
    await again.printed('● edit src/sum.js');
    await again.printed('The last run of this session was cut off');
    await typeTask(again, 'go on');
    await again.shows('✓ done');
    expect(JSON.stringify(open.servers[0]?.requests.at(-1)?.body.messages)).toContain('src/sum.js');
  });

  it('keeps what an interrupted command had printed, for the user and for the model', async () => {
    const counts: ScriptedReply = {
      calls: [{ name: 'shell', arguments: { command: 'for i in $(seq 5); do echo counted $i; done; sleep 60' } }],
    };
    const screen = start(makePlace(), [...(await serve(counts, end)), '--approval', 'full']);
    await typeTask(screen, 'count');
    await screen.shows('counted 5');
    screen.press('\u001b');
    await screen.shows('Interrupted. What should it do instead?');
    expect(screen.text()).toContain('counted 5');
    await typeTask(screen, 'go on');
    await screen.shows('✓ done');
    expect(JSON.stringify(open.servers[0]?.requests.at(-1)?.body.messages)).toContain('counted 5');
  });

  it.each(['idle', 'working'])(
    'comes back from Ctrl+Z with its draft, and with the page that was open, %s',
    async (state) => {
      const place = makePlace();
      const slow: ScriptedReply = { calls: [{ name: 'shell', arguments: { command: 'sleep 8' } }] };
      const words = [...(await serve(slow, end)), '--approval', 'full'];
      writeFileSync(join(place.home, 'rc'), "PS1='shell> '\n");
      const screen = start(place, [], { command: 'bash', args: ['--rcfile', join(place.home, 'rc'), '-i'] });
      await screen.shows('shell> ');
      screen.press(`${[process.execPath, launcher, ...words].map((word) => `'${word}'`).join(' ')}\r`);
      await screen.shows('Ask for something');
      if (state === 'working') {
        await typeTask(screen, 'wait');
        await screen.shows('Esc interrupts');
      }
      screen.press('a draft');
      await screen.shows('❯ a draft');
      const isOverPage = state === 'idle';
      if (isOverPage) {
        screen.press('\u000f');
        await screen.shows('Transcript');
      }
      screen.press('\u001a');
      await screen.shows(/Stopped[\s\S]*shell> /);
      screen.press('fg\r');
      if (isOverPage) {
        await screen.shows('Transcript');
        screen.press('q');
      }
      await screen.shows(/fg[\s\S]*❯ a draft/);
      screen.press(' goes on');
      await screen.shows('❯ a draft goes on');
    },
  );

  it('follows the branch', async () => {
    const place = makePlace();
    const checkout: ScriptedReply = {
      calls: [{ name: 'shell', arguments: { command: 'git init -q -b first . && git checkout -q -b second' } }],
    };
    const screen = start(place, [...(await serve(checkout, end)), '--approval', 'full']);
    await typeTask(screen, 'branch');
    await screen.shows('✓ done');
    await screen.shows('⎇ second');
  });
});
