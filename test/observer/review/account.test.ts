import { describe, expect, it } from 'vitest';
import { createAccount } from '../../../src/observer/review/account.ts';
import { observed, userNote } from '../runs.ts';

const read = (path: string, output: string) => ({ name: 'read', input: { path }, result: { output } });

describe('the digest', () => {
  it("holds the user's words in full, the constraints and the recent steps, each fenced", () => {
    const digest = createAccount('Fix it, and keep the tests as they are.', 'f00d');
    digest.add(
      observed(0, '', [userNote('Fix it, and keep the tests as they are.')], read('src/a.ts', 'export const a = 1;')),
    );
    digest.setLedger(['"keep the tests as they are" (user)']);
    const text = digest.text();
    expect(text).toMatch(/<user-words-f00d>\n.*keep the tests as they are\.\n<\/user-words-f00d>/);
    expect(text).toMatch(/<constraints-f00d>\n- "keep the tests as they are" \(user\)\n<\/constraints-f00d>/);
    expect(text).toMatch(
      /<transcript-f00d>\n\[step 0\]\ncalled read path: src\/a\.ts\nok: export const a = 1;\n<\/transcript-f00d>/,
    );
  });

  it('shows older steps in one line each', () => {
    const digest = createAccount('the task', 'f00d');
    for (let index = 0; index < 30; index += 1)
      digest.add(observed(index, '', [], read(`src/${index}.ts`, 'line one\nline two')));
    const lines = digest.text().split('\n');
    expect(lines).toContain('[step 3] read {"path":"src/3.ts"} -> line one');
    expect(lines).toContain('[step 29]');
  });

  it('shows of an older failure the line that says something', () => {
    const digest = createAccount('the task', 'f00d');
    const failing = {
      name: 'bash',
      input: { command: 'x' },
      result: { output: 'Exit code 127\n\nx: command not found', isError: true },
    };
    for (let index = 0; index < 15; index += 1) digest.add(observed(index, '', [], failing));
    expect(digest.text()).toContain('[step 0] bash {"command":"x"} -> failed: x: command not found');
  });

  it.each([
    [
      'the error that a trace ends with',
      true,
      'Traceback (most recent call last):\n  File "a.py"\nTypeError: no list',
      'failed: TypeError: no list',
    ],
    ['what follows an announcement', false, 'The result of the command is:\n42 files', '42 files'],
  ])('shows of an older step %s', (_, isError, output, expected) => {
    const digest = createAccount('the task', 'f00d');
    const call = { name: 'bash', input: { command: 'x' }, result: { output, isError } };
    for (let index = 0; index < 15; index += 1) digest.add(observed(index, '', [], call));
    expect(digest.text()).toContain(`[step 0] bash {"command":"x"} -> ${expected}\n`);
  });

  it('shows more of the last step than of those before it', () => {
    const digest = createAccount('the task', 'f00d');
    const written = (name: string) => ({
      name: 'write',
      input: { content: `${'a'.repeat(1000)}${name}${'b'.repeat(1000)}` },
    });
    digest.add(observed(0, '', [], written('earlier')));
    digest.add(observed(1, '', [], written('latest')));
    expect(digest.find('latest').steps).toEqual([1]);
    expect(digest.find('earlier').steps).toEqual([]);
  });

  it('shows the last words of the agent nearly whole, and arguments as they are', () => {
    const digest = createAccount('the task', 'f00d');
    const edit = { name: 'edit', input: { path: 'a.ts', newText: 'const a = "x";\nconst b = 2;' } };
    digest.add(observed(0, `${'so '.repeat(1000)} middle ${'and '.repeat(400)}`, [], edit));
    expect(digest.text()).toContain('newText: const a = "x";\nconst b = 2;');
    expect(digest.find('const a = \\"x\\";\\nconst b').steps).toEqual([0]);
    expect(digest.find('so so middle and').steps).toEqual([0]);
  });

  it('stays bounded in a run of 2,000 steps with long outputs', () => {
    const digest = createAccount('the task', 'f00d');
    for (let index = 0; index < 2000; index += 1)
      digest.add(observed(index, 'words '.repeat(2000), [], read('big', 'x'.repeat(50_000))));
    expect(digest.text().length).toBeLessThan(100_000);
  });

  it('finds a quote in what it shows, not in what it left out', () => {
    const digest = createAccount('the task', 'f00d');
    digest.add(
      observed(
        0,
        '',
        [userNote('Only change src/a.ts')],
        read('a', `start ${'x'.repeat(5000)} middle ${'y'.repeat(5000)} end`),
      ),
    );
    digest.setLedger(['“keep the build as it is” (AGENTS.md)']);
    expect(digest.find('only change src/a.ts')).toEqual({ isInWords: true, steps: [] });
    expect(digest.find('keep the build as it is')).toEqual({ isInWords: true, steps: [] });
    expect(digest.find('middle')).toEqual({ isInWords: false, steps: [] });
  });

  it('holds the task also when the step that began with it is not at hand, and once', () => {
    const digest = createAccount('Fix src/a.ts only', 'f00d');
    digest.add(observed(60, '', [userNote('Go on')], read('a', 'b')));
    expect(digest.text()).toContain('<user-words-f00d>\nFix src/a.ts only\nbefore step 60: Go on\n');
    expect(digest.find('src/a.ts only').isInWords).toBe(true);
    const fresh = createAccount('Fix src/a.ts only', 'f00d');
    fresh.add(observed(0, '', [userNote('Fix src/a.ts only')], read('a', 'b')));
    expect(fresh.text().split('src/a.ts only')).toHaveLength(2);
  });

  it("never shows the observer's own notes as the agent's doing or the user's words", () => {
    const digest = createAccount('the task', 'f00d');
    digest.add(observed(0, '', [{ from: 'observer', text: 'a reminder', at: '' }], read('a', 'b')));
    expect(digest.text()).not.toContain('a reminder');
  });
});
