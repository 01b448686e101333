import { expect, it } from 'vitest';
import { suggestRule } from '../../src/permissions/suggest-rule.ts';
import { makePlace, permissionsOf } from './workspace.ts';

const suggest = (...words: string[]) => suggestIn('/srv', ...words);
const suggestIn = (folder: string, ...words: string[]) =>
  suggestRule(
    {
      text: words.join(' '),
      words: words.map((value) => ({ value, isKnown: true })),
      assigned: [],
      reads: [],
      writes: [],
      folder,
      place: folder === '/srv' ? 'start' : 'below',
      isFed: false,
      input: [],
    } as unknown as Parameters<typeof suggestRule>[0],
    '/srv',
  );

it.each([
  ['python3', '-'],
  ['python3.12'],
  ['bash', '-c', 'echo'],
  ['bash', '-lc', 'echo'],
  ['sh', '-s'],
  ['node', '-e', '1'],
  ['node', '--eval=1'],
  ['deno', 'eval', '1'],
  ['perl', '-pe', '1'],
  ['ruby', '/dev/stdin'],
])('offers no rule for an interpreter whose program the words do not hold: %s %s', (...words) => {
  expect(suggest(...words)).toBeUndefined();
});

it('offers the very command for a script that is named', () => {
  expect(suggest('python3', 'scripts/build.py')).toBe('shell(python3 scripts/build.py)');
  expect(suggest('npm', 'test')).toBe('shell(npm test:*)');
});

it.each([
  ['git', 'push', 'origin', 'main'],
  ['git', 'push', '--force'],
  ['git', 'checkout', '-b', 'x'],
  ['cp', 'a', 'b'],
  ['rm', 'a'],
])('offers the very command where another argument would do harm: %s %s', (...words) => {
  expect(suggest(...words)).toBe(`shell(${words.join(' ')})`);
});

it.each<readonly [string, 'allow' | 'ask', 'allow' | 'ask']>([
  ['web_fetch(github.io)', 'allow', 'ask'],
  ['web_fetch(*.github.io)', 'allow', 'allow'],
  ['web_fetch(io)', 'ask', 'ask'],
])('a host that was granted at a question is that host alone: %s', async (rule, host, below) => {
  const permissions = permissionsOf(makePlace());
  permissions.addSessionRule(rule);
  const rulingOn = async (name: string) =>
    (await permissions.decide({ name: 'web_fetch', act: 'other' }, [{ kind: 'host', host: name }])).ruling;
  expect(await rulingOn('github.io')).toBe(host);
  expect(await rulingOn('somebody.github.io')).toBe(below);
});

it.each([
  ['yarn', 'run', 'rimraf', 'build'],
  ['bun', 'run', 'rm', 'build'],
])('offers the very command where a program may have the name of a script: %s %s', (...words) => {
  expect(suggest(...words)).toBe(`shell(${words.join(' ')})`);
});
