import type { Reminder } from '../../src/core/types.ts';
import { exampleDiff, type Play, type Stage } from './fake-session.ts';

const answer = `## What was wrong

The function *subtracted* where it should **add**. I changed \`sum\` and ran the tests:

\`\`\`ts
export function sum(a: number, b: number) {
  return a + b; // was a - b
}
\`\`\`

| file | change |
|---|---:|
| src/sum.ts | +1 -1 |

1. One bug found
2. One bug mended ([docs](https://example.org/sum))
`;

async function stream(stage: Stage, text: string, size = 12): Promise<void> {
  for (let at = 0; at < text.length && !stage.signal.aborted; at += size) {
    stage.emit({ type: 'text', delta: text.slice(at, at + size) });
    if (at % 240 === 0) await stage.pause(1);
  }
}

export const reminder: Reminder = {
  id: 'r1',
  episode: 'e1',
  category: 'Reasoning Problems',
  class: 'infinite-loop',
  detector: 'same-call',
  rung: 'redirect',
  text: 'DO read the error again before the next call.\nDO NOT run the same test a fourth time.',
  step: 3,
  evidenceSteps: [0, 1, 2],
  evidence: '`npm test` failed 3 times with the same output.',
  mode: 'on',
};

/** A whole task: thinking, reading, an edit that is asked for, the tests, an answer. */
const task: Play = async (stage) => {
  stage.emit({ type: 'reasoning', delta: 'Let me look at the function first.' });
  await stage.pause(5);
  stage.emit({ type: 'text', delta: 'I will look at `src/sum.ts`.' });
  await stage.call('read', 'src/sum.ts', { output: 'line\nline\nline', view: { kind: 'text', title: 'src/sum.ts' } });
  stage.step({ text: 'I will look at `src/sum.ts`.', finish: 'tool-calls' });
  const allowed = await stage.questions.approve(
    {
      callId: 'edit',
      name: 'edit',
      title: 'src/sum.ts',
      input: {},
      view: exampleDiff,
      directory: '/project',
      reason: 'Approval mode ask: edits are asked for.',
      suggestedRule: 'edit(src/**)',
    },
    stage.signal,
  );
  if (allowed.kind === 'deny') {
    await stage.call('edit', 'src/sum.ts', {
      output: `The user said no: ${allowed.word}`,
      isError: true,
      errorKind: 'denied',
    });
  } else {
    await stage.call('edit', `src/sum.ts${allowed.kind === 'session' ? ` (${allowed.rule})` : ''}`, {
      view: exampleDiff,
    });
    await stage.call('shell', 'npm test', {
      output: Array.from({ length: 40 }, (_, index) => `ok ${index + 1} - case ${index + 1}`).join('\n'),
      view: { kind: 'command', title: 'npm test', command: 'npm test', exitCode: 0 },
      ms: 2300,
    });
  }
  stage.step({ finish: 'tool-calls' });
  await stream(stage, answer);
  stage.step({ text: answer });
};

/** The same failing test three times, then the observer's words. */
const loop: Play = async (stage) => {
  for (let round = 0; round < 3; round++) {
    await stage.call('shell', 'npm test', {
      output: 'not ok 1 - sum',
      isError: true,
      errorKind: 'command-failed',
      view: { kind: 'command', title: 'npm test', command: 'npm test', exitCode: 1 },
    });
    stage.step({
      finish: 'tool-calls',
      results: [{ callId: 'x', name: 'shell', output: 'not ok', isError: true, ms: 1 }],
    });
  }
  stage.emit({
    type: 'signal',
    signal: {
      detector: 'same-call',
      category: 'Reasoning Problems',
      class: 'infinite-loop',
      step: 2,
      confidence: 0.9,
      evidenceSteps: [0, 1, 2],
      evidence: reminder.evidence,
      key: 'k',
    },
  });
  stage.emit({
    type: 'suppressed',
    suppressed: {
      class: 'tool-call-failure',
      detector: 'failing-calls',
      step: 2,
      reason: 'another class has the better evidence',
    },
  });
  stage.emit({ type: 'reminder', mode: 'on', reminder });
  stage.step({ text: 'You are right, I read the error.' });
  stage.emit({
    type: 'recovery',
    episode: {
      id: 'e1',
      mode: 'on',
      category: 'Reasoning Problems',
      class: 'infinite-loop',
      detector: 'same-call',
      openedAtStep: 3,
      evidenceSteps: [0, 1, 2],
      interventions: 1,
      complied: true,
      outcome: 'recovered',
      closedAtStep: 5,
    },
  });
};

const shadow: Play = async (stage) => {
  stage.emit({ type: 'reminder', mode: 'shadow', reminder: { ...reminder, mode: 'shadow' } });
  stage.step({ text: 'Going on.' });
};

/** Works until interrupted; takes queued words at each step. */
const slow: Play = async (stage) => {
  for (let round = 0; !stage.signal.aborted; round++) {
    await stage.call('shell', `sleep ${round}`, { output: 'ok' });
    stage.step({ finish: 'tool-calls' });
    const notes = stage.takeNotes();
    if (notes.some((note) => note.text === 'finish')) {
      await stream(stage, 'Finished as you asked.');
      return stage.step({ text: 'Finished as you asked.' });
    }
    await stage.pause(40);
  }
};

const waiting: Play = async (stage) => {
  await stage.pause(600_000);
};

/** 400 numbered lines, many more than the screen has. */
const long: Play = async (stage) => {
  const text = Array.from(
    { length: 400 },
    (_, index) =>
      `${index % 10 === 0 ? `\n### Part ${index / 10}\n\n` : ''}Line number ${index} of a long answer that goes on.\n`,
  ).join('');
  await stream(stage, text, 37);
  stage.step({ text });
};

const code: Play = async (stage) => {
  const text = `Here it is:\n\n\`\`\`js\n${Array.from({ length: 120 }, (_, index) => `const value${index} = ${index};`).join('\n')}\n\`\`\`\n\nThat was all.`;
  await stream(stage, text, 29);
  stage.step({ text });
};

const ladder: Play = async (stage) => {
  const decision = await stage.questions.decide(
    {
      class: 'infinite-loop',
      evidence: 'The same test failed 9 times.',
      evidenceSteps: [1, 2, 3],
      reminders: 2,
      canRewind: true,
    },
    stage.signal,
  );
  const text = `You decided: ${decision.kind}${decision.kind === 'words' ? ` ${decision.words}` : ''}`;
  stage.emit({ type: 'text', delta: text });
  stage.step({ text });
};

const hostile: Play = async (stage) => {
  const text = 'Look: \u001b[2J\u001b]0;owned\u0007 and \u202egnp.exe';
  stage.emit({ type: 'text', delta: text });
  await stage.call('read', 'evil\u001b[31m.txt', { output: '\u001b]52;c;b3duZWQ=\u0007\u001b[?1049h', isError: true });
  stage.step({ text });
};

const retry: Play = async (stage) => {
  stage.emit({ type: 'text', delta: 'Half an ans' });
  await stage.pause(20);
  stage.emit({ type: 'retry', attempt: 1, reason: 'the connection broke', waitMs: 50, discard: true });
  await stage.pause(50);
  stage.emit({ type: 'text', delta: 'The whole answer.' });
  stage.step({ text: 'The whole answer.' });
};

const crash: Play = async () => {
  setImmediate(() => {
    throw new Error('a bug');
  });
  await new Promise(() => undefined);
};

const die: Play = async () => {
  process.kill(process.pid, 'SIGKILL');
};

/** 200 short turns, for memory; `fast` streams at about 2,000 tokens a second until interrupted. */
const turns: Play = async (stage) => {
  for (let round = 0; round < 200; round++) {
    stage.emit({ type: 'request', step: round });
    stage.emit({ type: 'text', delta: `Step ${round}: looking at another file.` });
    await stage.call('read', `src/file${round}.ts`, { output: 'x'.repeat(2_000), view: { kind: 'text', title: '' } });
    stage.step({ text: `Step ${round}`, finish: 'tool-calls' });
  }
};

const fast: Play = async (stage) => {
  while (!stage.signal.aborted) {
    for (let index = 0; index < 20; index++) stage.emit({ type: 'text', delta: index === 19 ? 'word\n\n' : 'word ' });
    await stage.pause(10);
  }
};

/** Asks with a rule that is wider than a narrow screen. */
const longrule: Play = async (stage) => {
  await stage.questions.approve(
    {
      callId: 'e',
      name: 'edit',
      title: 'packages/server/source/components/approval/index.ts',
      input: {},
      directory: '/project',
      reason: 'Mode ask asks before writing.',
      suggestedRule: 'edit(packages/server/source/components/approval/**)',
    },
    stage.signal,
  );
  stage.step({ text: 'Done.' });
};

/** Asks for one change after the other; for the last one only after a while. */
const several: Play = async (stage) => {
  const reason = 'Mode ask asks before writing.';
  for (const title of ['first.ts', 'second.ts', 'third.ts']) {
    if (title === 'third.ts') await stage.pause(500);
    await stage.questions.approve(
      { callId: title, name: 'write', title, input: {}, directory: '/project', reason },
      stage.signal,
    );
  }
  stage.step({ text: 'Done.' });
};

/** Asks for a command of 40 lines. */
const script: Play = async (stage) => {
  const command = Array.from({ length: 40 }, (_, index) => `touch file${index}`).join('\n');
  const reason = '`touch` writes files.';
  await stage.questions.approve(
    { callId: 's', name: 'shell', title: 'touch', command, input: { command }, directory: '/project', reason },
    stage.signal,
  );
  stage.step({ text: 'Done.' });
};

/** Asks for a message of 40 lines that leaves the machine. */
const message: Play = async (stage) => {
  const body = Array.from({ length: 40 }, (_, index) => `touch file${index}`);
  await stage.questions.approve(
    {
      callId: 'm',
      name: 'mcp__a__send',
      title: 'a: send',
      input: { body },
      directory: '/project',
      reason: 'Mode ask asks.',
    },
    stage.signal,
  );
  stage.step({ text: 'Done.' });
};

/** Asks for a change of 200 lines. */
const bigedit: Play = async (stage) => {
  const lines = Array.from({ length: 200 }, (_, index) => ({
    kind: 'add' as const,
    new: index + 1,
    text: `const line${index} = ${index}; // line ${index}`,
  }));
  await stage.questions.approve(
    {
      callId: 'e',
      name: 'edit',
      title: 'src/big.ts',
      input: {},
      view: { kind: 'diff', title: 'src/big.ts', path: 'src/big.ts', added: 200, removed: 0, lines },
      directory: '/project',
      reason: 'Mode ask asks before writing.',
    },
    stage.signal,
  );
  stage.step({ text: 'Done.' });
};

/** Works on a list of three things, and waits at the second. */
const listed: Play = async (stage) => {
  const items = ['read the parser', 'fix the sum', 'run the tests'];
  const doing = [false, true, false];
  await stage.call('todo', '3 items', {
    output: 'kept',
    view: { kind: 'list', title: '', items, done: [true, false, false], doing },
  });
  await stage.pause(60_000);
};

/** Starts a command that goes on, and one that fails. */
const jobs: Play = async (stage) => {
  const view = { kind: 'command', command: 'npm run dev', title: 'npm run dev', exitCode: null } as const;
  await stage.call('shell', 'npm run dev', { output: 'Started as job-1.', view: { ...view, isRunning: true } });
  await stage.call('shell', 'kill -9 $$', { output: 'Killed', isError: true, view });
  stage.step({ text: 'Started.' });
};

/** Answers with a plan. */
const planned: Play = async (stage) => {
  const text = Array.from({ length: 8 }, (_, index) => `${index + 1}. Change part ${index + 1} of the parser`).join(
    '\n',
  );
  stage.emit({ type: 'text', delta: text });
  stage.step({ text });
};

/** Says the user's own words back. */
const echoes: Play = async (stage) => {
  stage.emit({ type: 'text', delta: stage.text });
  stage.step({ text: stage.text });
};

const fallback: Play = async (stage) => {
  stage.emit({ type: 'text', delta: 'Understood.' });
  stage.step({ text: 'Understood.' });
};

export const plays: Readonly<Record<string, Play>> = {
  task,
  loop,
  shadow,
  slow,
  waiting,
  long,
  code,
  ladder,
  hostile,
  retry,
  crash,
  die,
  turns,
  fast,
  longrule,
  several,
  script,
  message,
  bigedit,
  listed,
  jobs,
  planned,
  echoes,
  default: fallback,
};
