import { describe, expect, it } from 'vitest';
import { createAccount } from '../../../../src/observer/review/account/account.ts';
import type { NormalizedCall } from '../../../../src/observer/step/normalized-step.ts';
import { call, step } from '../../steps.ts';

const shell = (command: string, output = '') => call('shell', { command }, { output });

/** What the judge is shown of these calls, a step each. */
function show(calls: readonly NormalizedCall[], task = 'Fix the sum', since = -1): string {
  const account = createAccount({ task, cwd: '', instructions: [], fence: 'f00d' });
  for (const [index, one] of calls.entries()) account.add(step(index, [one]));
  return account.show({ since }).text;
}

describe('the account does not make more of a fact than it is', () => {
  const script = [shell("cat > check.py <<'EOF'\nprint(1)\nEOF"), shell('python check.py', 'All tests passed')];

  it('says that a script is the agent’s own, unless the user named it', () => {
    expect(show(script)).toContain('python check.py (a script that the agent wrote itself) → ran to its end: All');
    expect(show(script, 'Write check.py')).not.toContain('wrote itself');
    expect(show(script.slice(1))).not.toContain('wrote itself');
  });

  it('says of a file that a shell line wrote that it is new, or that it came and went', () => {
    const removed = [...script, shell('rm check.py')];
    expect(show(script)).toContain('- check.py: new, in step 0, by a shell line, not named by the user');
    expect(show([shell('ls', 'check.py\nsum.py'), ...script])).toContain('- check.py: changed, in step 1');
    expect(show(script, 'Look at check.py')).toContain('- check.py: changed, in step 0');
    expect(show(removed)).toContain('- made in this run and deleted again: check.py');
    expect(show(removed, 'Look at check.py')).toContain('- check.py: deleted, in step 0, 2');
  });

  it('knows from git and from a listing whether the folder is a repository', () => {
    const none = 'The work folder is in no repository.';
    const listed = (names: string) => [
      shell('ls -la', `total 8\ndrwxr-xr-x 2 a a 40 .\ndrwxr-xr-x 2 a a 40 ..${names}`),
      ...script,
    ];
    expect(show(listed('\n-rw-r--r-- 1 a a 9 model.bin'))).toContain(none);
    expect(show(listed('\ndrwxr-xr-x 8 a a 40 .git'))).not.toContain(none);
    expect(show([shell('ls', 'model.bin'), ...script])).not.toContain(none);
    expect(show([shell('git status', 'fatal: not a git repository'), ...script])).toContain(none);
    expect(show([...listed(''), shell('git init', 'Initialized empty Git repository in /app/.git/')])).not.toContain(
      none,
    );
    expect(show([shell('cd /usr'), ...listed('')])).not.toContain(none);
  });

  it('shows what the program told the agent before a step', () => {
    const account = createAccount({ task: 'Fix the sum', cwd: '', instructions: [], fence: 'f00d' });
    const notices = ['Background command "make" completed (exit code 0)'];
    account.add({ ...step(0, [], { text: 'The build is through. '.repeat(20) }), notices });
    account.add(step(1, [], { text: 'Done.' }));
    expect(account.show({ since: -1 }).text).toContain('was told: Background command "make" completed (exit code 0)');
    expect(account.show({ since: 0 }).text).toContain('[step 0] was told “Background command "make" completed');
  });

  it('says that a check came from the cache', () => {
    const output = 'ok  \tshop/cart\t(cached)\nok  \tshop/price\t(cached)';
    expect(show([shell('go test ./...', output)])).toContain('go test ./... → green from cache, not run again: ok');
    expect(show([shell('go test ./...', output.replace('(cached)', '0.1s'))])).toContain('→ green: ok');
  });

  it('calls nothing green that shows the trace of an error', () => {
    const trace = 'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: bad\nError: bad';
    expect(show([shell('python a.py', trace)])).toContain('→ ended well, but its output shows an error:');
    expect(show([shell('pytest', `${trace}\n=== 3 passed in 0.1s ===`)])).toContain('→ green: === 3 passed');
  });

  it('says in which steps every occurrence was replaced, and how many where the tool tells', () => {
    const input = { path: 'src/a.ts', old_string: 'a', new_string: 'b', replace_all: true };
    const text = show([
      call('edit', input, { output: 'Replaced 7 occurrences.' }),
      call('edit', { ...input, replace_all: false }),
      call('edit', input),
    ]);
    expect(text).toContain('every occurrence of a text replaced in step 0 (7), 2');
    expect(text).toContain('called edit src/a.ts (every occurrence)');
  });

  it('does not call a stash a file that was put back', () => {
    const text = show([shell('git stash && npm test'), shell('git stash pop')]);
    expect(text).not.toContain('put back from git');
    expect(text).toContain('step 1: git stash pop');
  });

  it('names the tools whose effect it does not know in place of saying that nothing happened', () => {
    expect(show([{ ...call('read', { code: 'x' }), name: 'mystery', act: 'other' }])).toContain(
      'did shows in the steps alone: mystery (1 call).',
    );
    expect(show([call('read', { path: 'a' })])).toContain('No check ran and no file changed.');
  });

  it('shows the change that the question is about however much came after it', () => {
    const account = createAccount({ task: 'Fix', cwd: '', instructions: [], fence: 'f00d' });
    const input = { path: 'test/a.test.ts', old_string: 'expect(sum).toBe(15)', new_string: 'expect(sum).toBe(13)' };
    account.add(step(0, [call('edit', input)]));
    for (let index = 1; index < 80; index += 1)
      account.add(
        step(index, [shell(`look ${index}`, 'line\n'.repeat(200))], { text: 'I go on looking. '.repeat(20) }),
      );
    const { text } = account.show({ since: -1, focus: [0] });
    expect(text).toContain('-expect(sum).toBe(15)\n+expect(sum).toBe(13)');
    expect(text).toContain('[step 79]');
    const older = account.show({ since: -1 }).text;
    expect(older).toContain(
      '[step 0] edit test/a.test.ts (-expect(sum).toBe(15) +expect(sum).toBe(13)) → ok\n[steps 1 to',
    );
    expect(older).not.toContain('toBe(15)\n+');
  });

  it('shows the most of the last words where there is no room for all', () => {
    const account = createAccount({ task: 'Plan. '.repeat(3000), cwd: '', instructions: [], fence: 'f00d' });
    for (let index = 0; index < 40; index += 1)
      account.add(step(index, [shell(`look ${index}`, 'line\n'.repeat(90))], { text: 'I go on looking. '.repeat(20) }));
    account.add(step(40, [], { text: `Done.\n${'- One more thing is done.\n'.repeat(300)}All tests pass.` }));
    const { text } = account.show({ since: 20 });
    expect(text).toContain('[step 40]\nsaid: Done.');
    expect(text).toContain('All tests pass.');
  });

  it('says which steps and words it leaves out', () => {
    const text = show(
      Array.from({ length: 60 }, (_, at) => call('read', { path: `src/part${at}.ts` }, { output: `part ${at}` })),
      'Fix',
      40,
    );
    expect(text).not.toContain('not shown]');
    const account = createAccount({ task: '', cwd: '', instructions: [], fence: 'f00d' });
    account.add(step(0, [shell('ls')]));
    expect(account.show({ since: -1 }).text).toContain('[what the user asked for is not at hand]');
    for (let index = 1; index < 40; index += 1)
      account.add(step(index, [], { userTexts: [`Request ${index}. ${'x'.repeat(60)}`], text: 'Reply. '.repeat(60) }));
    const { text: later } = account.show({ since: 38 });
    expect(later).toMatch(/\[\d+ earlier messages not shown\]/);
    expect(later).toContain('Request 2.');
    expect(later).not.toContain('step 1]\nReply');
    account.add(step(60, [shell('ls')]));
    expect(account.show({ since: 38, focus: [60] }).text).toContain('[steps 40 to 59 not shown]');
  });
});
