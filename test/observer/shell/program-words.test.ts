import { expect, it } from 'vitest';
import { readGitCommand } from '../../../src/observer/shell/program-words.ts';

it.each([
  ['git commit -m x', 'commit'],
  ['/usr/bin/git -C pkg -c user.name=a push --force', 'push'],
  ['git --git-dir /repo/.git --no-pager log', 'log'],
  ['sudo env A=b timeout 5 git stash drop', 'stash'],
  ['git --version', undefined],
  ['echo git push', undefined],
  ['grep -r git src', undefined],
])('the verb of %s is %s', (line, verb) => {
  expect(readGitCommand(line.split(' '))?.verb).toBe(verb);
});
