import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { type ModelServer, startModelServer } from '../../../src/demo/server.ts';
import { compiledCode } from '../../compiled-code.ts';
import { removeFolder } from '../../remove-folder.ts';
import { openScreen, type TestScreen } from '../driver.ts';

const launcher = join(import.meta.dirname, '../../..', 'bin/wink-agent.js');
let screen: TestScreen | undefined;
let server: ModelServer | undefined;
let home = '';

afterEach(async () => {
  screen?.kill('SIGKILL');
  await server?.close();
  await removeFolder(home);
});

const note: ScriptedReply = { calls: [{ name: 'write', arguments: { path: 'notes.md', content: 'one\n' } }] };

/** The built program at work on notes, with a judge that takes its time. */
async function start(judge: ScriptedReply): Promise<TestScreen> {
  home = mkdtempSync(join(tmpdir(), 'wink-review-'));
  server = await startModelServer({
    scenario: {
      rules: [
        { when: { kind: 'judge' }, replies: [judge], after: 'repeat' },
        { when: { kind: 'agent' }, replies: [note, { text: 'The notes are there.' }, { text: 'As you wish.' }] },
      ],
    },
  });
  mkdirSync(join(home, 'work'));
  screen = openScreen({
    command: process.execPath,
    args: [launcher, '--model', 'm', '--base-url', server.url, '--approval', 'full', 'Write the notes.'],
    cwd: join(home, 'work'),
    env: { WINK_HOME: join(home, '.wink'), ...compiledCode, HOME: home },
  });
  await screen.printed('The notes are there.');
  return screen;
}

/** How the turns of the session ended, as its file says. */
function outcomes(): unknown[] {
  const folder = join(home, '.wink', 'sessions');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
  return files
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line.startsWith('{"type":"end"'))
    .map((line) => JSON.parse(line).outcome);
}

const hangs: ScriptedReply = { firstByteDelayMs: 60_000, text: '{"findings":[]}' };

describe('the review at the end of a turn', () => {
  it('leaves the composer free, and a new message cuts it', async () => {
    const program = await start(hangs);
    await program.shows('checking the result…');
    await program.shows('Ask for something');
    program.press('Now say it again.\r');
    await program.printed('As you wish.');
    await expect.poll(outcomes).toContain('done');
    expect(outcomes()).not.toContain('aborted');
  });

  it('is no turn that Esc can mark as interrupted', async () => {
    const program = await start(hangs);
    await program.shows('checking the result…');
    program.press('\u001b[27u');
    program.press('/quit\r');
    expect(await program.exit()).toBe(0);
    expect(outcomes()).toEqual(['done']);
    expect(program.all().join('\n')).not.toContain('interrupted');
  });

  it('opens the turn again when it finds something, and the card says what', async () => {
    const finding = {
      class: 'false-claim',
      innocent: 'none',
      harm: 'The user believes it.',
      certainty: 'certain',
      steps: [1],
      words: 'The notes are there.',
      shown: '',
      missing: 'a look at the file',
      next: 'Read notes.md and say what it holds.',
    };
    const text = JSON.stringify({ claims: [], requests: [], findings: [finding] });
    const program = await start({ firstByteDelayMs: 1500, text });
    await program.shows('checking the result…');
    await program.printed('the observer said to the model');
    await program.printed('As you wish.');
    await program.printed('✓ done');
  });
});
