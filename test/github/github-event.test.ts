import { expect, test } from 'vitest';
import { readGitHubEvent } from '../../src/github/github-event.ts';
import { findMention } from '../../src/github/mention.ts';
import { linesOf } from '../../src/github/review.ts';
import { commentEvent } from './github-server.ts';

test.each([
  ['@wink-agent fix the sum', 'fix the sum'],
  ['Please, @Wink-Agent: fix it', 'Please, : fix it'],
  ['first\n\n@wink-agent\nfix `a`\nand <!-- not this --> b', 'first\n\n\nfix `a`\nand  b'],
  ['(@wink-agent) look', '() look'],
  ['> @wink-agent quoted\n\n@wink-agent said', '> @wink-agent quoted\n\n said'],
])('%j calls', (text, words) => {
  expect(findMention(text, 'wink-agent')).toBe(words);
});

test.each([
  'no name',
  'me@wink-agent',
  '@wink-agent-two do it',
  '@wink-agents do it',
  'see https://example.org/@wink-agent',
  '> @wink-agent do it',
  '`@wink-agent` is how it is called',
  '```\n@wink-agent do it\n```',
  '~~~\n@wink-agent do it',
  '<!-- @wink-agent do it -->',
  'x <!-- @wink-agent do it',
])('%j calls nobody', (text) => {
  expect(findMention(text, 'wink-agent')).toBeUndefined();
});

const call = '@wink-agent do it';
test.each([
  ['a bot', 'issue_comment', commentEvent(call, { type: 'Bot' }), 'ann is a bot'],
  ['an edited comment', 'issue_comment', { ...commentEvent(call), action: 'edited' }, 'a comment was edited'],
  ['a comment of our own', 'issue_comment', commentEvent(`<!-- wink-agent -->\n${call}`), 'nobody called @wink-agent'],
  ['a mention alone', 'issue_comment', commentEvent('@wink-agent'), 'the mention stands alone, without words'],
  [
    "another's words",
    'issue_comment',
    { ...commentEvent(call), sender: { login: 'mallory', id: 1, type: 'User' } },
    'the words are by ann, and the event by mallory',
  ],
])('%s asks for nothing', (_, kind, event, reason) => {
  expect(readGitHubEvent(kind, event, 'wink-agent')).toEqual({ kind: 'nothing', reason });
});

test('a comment that begins with review asks for a review of a pull request, and for a task of an issue', () => {
  const kinds = [true, false].map(
    (isPullRequest) =>
      readGitHubEvent('issue_comment', commentEvent('@wink-agent review, please', { isPullRequest }), 'wink-agent')
        .kind,
  );
  expect(kinds).toEqual(['review', 'task']);
});

test('a pull request of a branch is reviewed by itself; drafts, closed ones and those of forks are not', () => {
  const { sender, repository, issue } = commentEvent('');
  const event = (action: string, more: object) => ({ action, sender, repository, pull_request: { ...issue, ...more } });
  const kindOf = (action: string, more = {}, kind = 'pull_request') =>
    readGitHubEvent(kind, event(action, more), 'wink-agent').kind;
  const fork = { head: { repo: { full_name: 'mallory/demo' } } };
  expect(kindOf('opened')).toBe('review');
  expect(kindOf('opened', { draft: true })).toBe('nothing');
  expect(kindOf('closed')).toBe('nothing');
  expect(kindOf('opened', fork)).toBe('nothing');
  expect(kindOf('opened', fork, 'pull_request_target')).toBe('review');
});

test('an event of another kind, or of another form, is named', () => {
  expect(() => readGitHubEvent('push', commentEvent(call), 'wink-agent')).toThrow('not push');
  expect(() => readGitHubEvent('issue_comment', { action: 'created' }, 'wink-agent')).toThrow('no event of issues');
});

test('a line of a diff can be commented on where the new side has it', () => {
  const diff = [
    'diff --git a/a.js b/a.js',
    '--- a/a.js',
    '+++ b/a.js',
    '@@ -1,2 +1,3 @@',
    ' one',
    '+++ two',
    ' three',
    '@@ -9 +10 @@',
    '-nine',
    '+ten',
    'diff --git a/gone b/gone',
    '--- a/gone',
    '+++ /dev/null',
    '@@ -1 +0,0 @@',
    '-x',
  ].join('\n');
  expect([...linesOf(diff)].map(([path, lines]) => [path, [...lines]])).toEqual([
    ['a.js', [1, 2, 3, 10]],
    ['/dev/null', []],
  ]);
});
