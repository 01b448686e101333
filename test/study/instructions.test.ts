import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatInstructions } from '../../src/context/instructions.ts';
import { loadPrompt } from '../../src/core/prompt.ts';
import { runConvert } from '../../src/study/convert-command.ts';
import { readInstructions } from '../../src/study/formats/wink-instructions.ts';
import { runReplay } from '../../src/study/replay/replay-command.ts';
import { captureIo, judgedBy, temporaryFolder } from './runs.ts';

const folder = temporaryFolder();
const usage = { inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, costUsd: 0 };
const files = [
  { path: '/home/AGENTS.md', text: 'Be brief.' },
  { path: '/repo/AGENTS.md', text: '# Rules\n\n## Tests\n\nDo not modify the tests.' },
  { path: '/repo/docs/style guide.md', text: 'Write in British English.', importedBy: '/repo/AGENTS.md' },
];
const system = `You are an agent.\n\n${loadPrompt('context/instructions', { files: formatInstructions(files, '/repo') })}`;

/** A session in which a test is edited, and then a second edit of it is refused. */
function writeSession(name: string, parts: object = {}): string {
  const edit = (index: number, errorKind?: string) => ({
    type: 'step',
    index,
    at: '2026-01-01T00:00:00.000Z',
    notes: index === 0 ? [{ from: 'user', text: 'Fix the sum', at: '' }] : [],
    text: '',
    calls: [{ id: `c${index}`, name: 'edit', input: { path: `test/sum${index}.test.ts`, old: '3', new: '4' } }],
    results: [
      {
        callId: `c${index}`,
        name: 'edit',
        output: errorKind === undefined ? 'edited' : 'refused',
        isError: errorKind !== undefined,
        ...(errorKind !== undefined && { errorKind }),
        ms: 1,
      },
    ],
    usage,
    ms: 1,
    finish: 'tool-calls',
  });
  const lines = [
    {
      type: 'header',
      format: 1,
      session: name,
      at: '2026-01-01T00:00:00.000Z',
      cwd: '/repo',
      task: 'Fix the sum',
      ...parts,
    },
    edit(0),
    edit(1, 'blocked'),
    edit(2, 'denied'),
    { ...edit(3), text: 'Fixed.', calls: [], results: [], finish: 'stop' },
  ];
  const file = join(folder, `${name}.jsonl`);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

async function replay(file: string): Promise<{ signals: readonly { detector: string }[]; reminders: object[] }> {
  const { io, stdout } = captureIo();
  await runReplay([file, '--format', 'jsonl'], io);
  const result: { signals: { detector: string }[]; reminders: object[] } = JSON.parse(stdout());
  return { ...result, signals: result.signals.filter(({ detector }) => detector === 'constraint') };
}

describe('the instructions of a session', () => {
  it('are read out of its system prompt, each file by its name', () => {
    expect(readInstructions(system)).toEqual([
      { source: '/home/AGENTS.md', text: 'Be brief.' },
      { source: 'AGENTS.md', text: '# Rules\n\n## Tests\n\nDo not modify the tests.' },
      { source: 'docs/style guide.md', text: 'Write in British English.' },
    ]);
    expect(readInstructions('You are an agent.\n\n## AGENTS.md\n\nNot given.')).toEqual([]);
  });

  it('hold in a replay as they held in the run, for calls that were refused then, too', async () => {
    const { signals, reminders } = await replay(writeSession('given', { system }));
    expect(signals).toMatchObject([
      { detector: 'constraint', step: 0, evidence: expect.stringContaining('Do not modify the tests') },
      { detector: 'constraint', step: 1 },
    ]);
    expect(reminders[0]).toMatchObject({ class: 'did-not-follow-instructions', step: 0 });
    expect((await replay(writeSession('none', { system: 'You are an agent.' }))).signals).toEqual([]);
  });

  it('yield to what the user says in the conversation', async () => {
    const task = 'Fix the sum. You may change the tests.';
    const { signals } = await replay(writeSession('lifted', { system, task }));
    expect(signals).toEqual([]);
  });

  it('stay with a session that is converted', async () => {
    const out = join(folder, 'out.jsonl');
    await runConvert([writeSession('converted', { system }), '--out', out], captureIo().io);
    expect((await replay(out)).signals).toMatchObject([{ detector: 'constraint', step: 0 }]);
  });

  it('are among the constraints that a judge sees, who is asked about them at the end of the turn', async () => {
    const { io } = captureIo();
    const asked: string[] = [];
    const ask = async ({ user }: { user: string }) => {
      asked.push(user);
      return { text: '', usage };
    };
    await runReplay([writeSession('judged', { system }), '--judge', '--format', 'jsonl'], io, judgedBy(ask));
    // One question at the end of the turn, with the instruction, and with what a rule found against it.
    const question = asked.find((text) => text.includes('has just ended its turn'));
    expect(question).toMatch(/<instructions-\w+>\n- Do not modify the tests\. \(AGENTS\.md\)/);
    expect(question).toContain('- did-not-follow-instructions, step 0: AGENTS.md says “Do not modify the tests.');
    expect(question).toMatch(/The classes: .*did-not-follow-instructions/);
  });
});
