import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createStreamQuestions } from '../../../src/modes/stream-json-questions.ts';
import { freshMs } from '../../../src/ui/input/consent.ts';
import { compiledCode } from '../../compiled-code.ts';
import { openScreen } from '../../ui/driver.ts';
import { makeFolder, serve } from '../program.ts';
import { done, runTask, write } from '../task.ts';

const launcher = resolve(import.meta.dirname, '../../../bin/wink-agent.js');
const asked = {
  name: 'ask_user',
  arguments: {
    question: 'Which store?',
    options: ['SQLite', { label: 'Postgres', description: 'needs a server' }],
  },
};
const resultOf = (requests: readonly { body: Record<string, unknown> }[], at = -1) =>
  (requests.at(at)!.body.messages as { role: string; content: string }[]).findLast(({ role }) => role === 'tool')!
    .content;

test('a run that can ask nobody says so, and the work goes on', async () => {
  const { code, requests } = await runTask({ replies: [{ calls: [asked] }, done], flags: ['--approval', 'plan'] });
  expect(resultOf(requests)).toMatch(/^Nobody can be asked in this run: take the likeliest reading/);
  expect(code).toBe(0);
});

test('subagents ask nobody', async () => {
  const task = { name: 'task', arguments: { agent: 'general', description: 'do', prompt: 'Do it.' } };
  const { requests } = await runTask({ replies: [{ calls: [task] }, { text: 'Did.' }, done] });
  const names = requests.map(({ rawBody }) => rawBody.includes('"ask_user"'));
  expect(names).toEqual([true, false, true]);
});

/** The built program fed line by line; `onQuestion` gives what is written when it asks. */
async function stream(first: readonly object[], onQuestion: (callId: string) => object | undefined) {
  const server = await serve([{ calls: [asked] }, done]);
  const home = makeFolder();
  const words = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--model', 'scripted'];
  const env = { PATH: process.env.PATH, HOME: home, WINK_HOME: join(home, '.wink'), ...compiledCode };
  const child = spawn(process.execPath, [launcher, ...words, '--base-url', server.url], { cwd: makeFolder(), env });
  onTestFinished(() => void child.kill('SIGKILL'));
  for (const line of first) child.stdin.write(`${JSON.stringify(line)}\n`);
  for await (const text of createInterface({ input: child.stdout })) {
    const event = JSON.parse(text);
    const answer = event.type === 'question' ? onQuestion(event.callId) : undefined;
    if (answer) child.stdin.write(`${JSON.stringify(answer)}\n`);
    if (event.type === 'result') child.stdin.end();
  }
  return resultOf(server.requests);
}

const go = { type: 'user', message: { role: 'user', content: 'go' } };

test('over stream-json a program that says so is asked and answers; another is never waited for', async () => {
  const can = { type: 'capabilities', answers: ['question'] };
  const answered = await stream([can, go], (callId) => ({ type: 'answer', callId, answers: ['Neither: a file'] }));
  expect(answered).toBe('User has answered your questions: "Which store?"="Neither: a file".');
  expect(await stream([can, go], (callId) => ({ type: 'answer', callId, answers: [null] }))).toMatch(
    /leaves it to you/,
  );
  expect(await stream([go], () => undefined)).toMatch(/^Nobody can be asked/);
  expect(() => createStreamQuestions().take({ type: 'capabilities', answers: ['questions'] })).toThrow(
    '"answers" of the line "capabilities" is ["questions"]; it must be a list',
  );
});

/** The built program in a terminal; the text of the user's file at the end of each question. */
async function openAsking(
  replies: Parameters<typeof serve>[0],
  flags: readonly string[] = [],
  more: NodeJS.ProcessEnv = {},
) {
  const server = await serve({ rules: [{ when: { kind: 'agent' }, replies: replies as never }] });
  const home = makeFolder();
  const cwd = makeFolder();
  writeFileSync(join(cwd, 'a.txt'), 'one\n');
  const screen = openScreen({
    command: process.execPath,
    args: [launcher, '--model', 'scripted', '--base-url', server.url, ...flags, 'go'],
    cwd,
    env: { HOME: home, WINK_HOME: join(home, '.wink'), ...compiledCode, OPENAI_API_KEY: 'test', ...more },
  });
  onTestFinished(() => screen.kill('SIGKILL'));
  return { screen, server, cwd };
}

test('on the screen a question has its answers and a field of its own, and what is said are the user’s words', async () => {
  const rule = { name: 'ask_user', arguments: { question: 'How far may I go?', options: ['Anywhere', 'Only b.txt'] } };
  const { screen, server, cwd } = await openAsking(
    [{ calls: [rule] }, write('a.txt', 'two'), write('b.txt', 'two'), done] as never,
    ['--approval', 'full'],
  );
  await screen.shows('How far may I go?');
  await screen.shows('2. Only b.txt');
  await screen.shows('Decide yourself');
  await screen.answers('3');
  await screen.shows('Answer:');
  screen.press("Don't touch a.txt.\r");
  await screen.printed('All done.');
  expect(resultOf(server.requests, 1)).toBe(
    `User has answered your questions: "How far may I go?"="Don't touch a.txt.".`,
  );
  // The observer's ledger took it for what it is: the change was refused.
  expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe('one\n');
  expect(readFileSync(join(cwd, 'b.txt'), 'utf8')).toBe('two');
});

test('several answers are marked one by one; words typed meanwhile answer nothing', async () => {
  const many = {
    name: 'AskUserQuestion',
    arguments: {
      questions: [
        { question: 'Which checks?', options: ['lint', 'types', 'tests'], multiSelect: true },
        { question: 'When?' },
      ],
    },
  };
  const { screen, server } = await openAsking([{ ...done, calls: [many], text: '' }, done] as never);
  await screen.shows('Which checks?');
  await screen.answers('3');
  await screen.shows('[x] tests');
  screen.press('1');
  await screen.shows('[x] lint');
  await screen.shows('4. That is all');
  // Space marks as well; Enter answers, and takes no mark away.
  screen.press('\u001b[B ');
  await screen.shows('[x] types');
  screen.press(' ');
  await screen.shows('[ ] types');
  await screen.answers('\r');
  await screen.shows('Enter answers, Esc shows the other answers');
  screen.press('\u001b');
  await screen.answers('2');
  await screen.printed('All done.');
  expect(resultOf(server.requests)).toBe(
    `User has answered your questions: "Which checks?"="lint, tests".\nThe user leaves 'When?' to you: take the likeliest reading and go on.`,
  );
});

test('in plain lines the marks are said again after each', async () => {
  const many = {
    name: 'ask_user',
    arguments: { question: 'Which checks?', options: ['lint', 'types'], multiple: true },
  };
  const { screen, server } = await openAsking([{ calls: [many] }, done] as never, [], { TERM: 'dumb' });
  await screen.printed('1. [ ] lint');
  await setTimeout(freshMs + 50);
  screen.press('2\r');
  await screen.printed('2. [x] types');
  await setTimeout(freshMs + 50);
  screen.press('3\r');
  await screen.printed('All done.');
  expect(resultOf(server.requests)).toBe('User has answered your questions: "Which checks?"="types".');
});

const two = {
  name: 'ask_user',
  arguments: {
    questions: [{ question: 'Which store?', options: ['SQLite', 'Postgres'] }, { question: 'Which port?' }],
  },
};

test('an answer that was given is not lost when the run is stopped at the next question', async () => {
  const { screen, server } = await openAsking([{ calls: [two] }, done] as never);
  await screen.shows('question 1 of 2');
  await screen.answers('2');
  await screen.shows('question 2 of 2');
  await screen.shows('✓ Which store? Postgres');
  await screen.shows('Answer:');
  screen.press('80\u001b');
  await screen.answers('\u001b');
  await screen.shows('❯ 80');
  await screen.shows('Interrupted. What should it do instead?');
  await screen.printed('Which store? Postgres');
  screen.press(' and go on\r');
  await screen.printed('All done.');
  expect(resultOf(server.requests)).toBe(
    `User has answered your questions: "Which store?"="Postgres".\nThe user interrupted before answering 'Which port?'.`,
  );
});

test('one goes back to the question before, finds the answer marked, and gives another', async () => {
  const { screen, server } = await openAsking([{ calls: [two] }, done] as never);
  await screen.shows('question 1 of 2');
  await screen.answers('2');
  await screen.shows('3. Back to the question before');
  screen.press('\u001b');
  await screen.answers('b');
  await screen.shows('question 1 of 2');
  await screen.shows('▸ 2. Postgres');
  await screen.answers('3');
  await screen.shows('Answer:');
  screen.press('MySQL\r');
  await screen.shows('✓ Which store? MySQL');
  screen.press('\u001b');
  await screen.answers('b');
  await screen.shows('▸ 3. Something else MySQL');
  await screen.answers('3');
  await screen.shows('Answer: MySQL');
  screen.press(' 8\r');
  await screen.shows('✓ Which store? MySQL 8');
  await screen.shows('Answer:');
  expect(screen.text()).not.toContain('Write an answer');
  screen.press('5\u007f\r');
  await screen.shows('Write an answer, or press Esc.');
  screen.press('5432\r');
  await screen.printed('All done.');
  expect(resultOf(server.requests)).toBe(
    'User has answered your questions: "Which store?"="MySQL 8", "Which port?"="5432".',
  );
});

const three = {
  name: 'ask_user',
  arguments: {
    questions: [
      { question: 'Which store?', options: ['SQLite', 'Postgres'] },
      { question: 'Which checks?', options: ['lint', 'types', 'tests'], multiple: true },
      { question: 'Which port?' },
    ],
  },
};

test('marks and words of an answer that is not given yet wait at their question while one goes back', async () => {
  const { screen, server } = await openAsking([{ calls: [three] }, { calls: [three] }, done] as never);
  await screen.shows('question 1 of 3');
  await screen.answers('2');
  await screen.shows('question 2 of 3');
  await screen.answers('3');
  await screen.shows('[x] tests');
  await screen.answers('b');
  await screen.shows('question 1 of 3');
  await screen.answers('2');
  await screen.shows('[x] tests');
  await screen.answers('4');
  await screen.shows('question 3 of 3');
  await screen.shows('Answer:');
  screen.press('half an answer\u001b');
  await screen.answers('b');
  await screen.shows('question 2 of 3');
  expect(screen.text()).not.toContain('half an answer');
  await screen.answers('1');
  await screen.shows('[x] lint');
  await screen.answers('4');
  await screen.shows('Answer: half an answer');
  screen.press(' is whole\r');
  await screen.shows('question 1 of 3');
  expect(resultOf(server.requests)).toBe(
    'User has answered your questions: "Which store?"="Postgres", "Which checks?"="lint, tests", "Which port?"="half an answer is whole".',
  );
  await screen.answers('1');
  await screen.shows('[ ] tests');
  await screen.answers('4');
  await screen.shows('Answer:');
  screen.press('lost?\u001b');
  await screen.answers('b');
  await screen.shows('question 2 of 3');
  await screen.answers('\u001b');
  await screen.shows('Interrupted. What should it do instead?');
  await screen.shows('❯ lost?');
});

test('in plain lines a question without answers to choose from is answered by a number, then words', async () => {
  const open = { name: 'ask_user', arguments: { question: 'Which port?' } };
  const { screen, server } = await openAsking([{ calls: [open] }, done] as never, [], { TERM: 'dumb' });
  await screen.printed('2. Decide yourself');
  await setTimeout(freshMs + 50);
  screen.press('1\r');
  await screen.printed('Your words, then Enter');
  await setTimeout(freshMs + 50);
  screen.press('5432\r');
  await screen.printed('All done.');
  expect(resultOf(server.requests)).toBe('User has answered your questions: "Which port?"="5432".');
});
