import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { leadsThroughWorkspace } from '../../src/core/process/path-links.ts';
import { reachOfLine } from '../../src/permissions/user-lines/reach-of-line.ts';
import { makePlace } from './workspace.ts';

const { cwd, outside } = makePlace();
const home = '/home/nobody-at-all';
const bin = join(cwd, '..', 'own-programs');
mkdirSync(bin, { recursive: true });
for (const name of ['notify-send', 'jq', 'afplay', 'osascript', 'terminal-notifier'])
  writeFileSync(join(bin, name), '', { mode: 0o755 });
const env = { PATH: `${bin}:${process.env.PATH}` };
const reach = (line: string) => reachOfLine(line, { cwd, home, env });

it.each([
  'date >> ~/agent.log',
  `notify-send 'wink-agent' "$(jq -r .message)"`,
  `jq -r '"\\(.tool_input.command)"' >> ~/.claude/commands.txt`,
  'cat > /dev/null; echo "not today" >&2; exit 2',
  'afplay /System/Library/Sounds/Ping.aiff',
  `osascript -e 'display notification "done" with title "wink-agent"'`,
  'terminal-notifier -message done -sound default',
])('starts nothing of the workspace: %s', (line) => {
  expect(reach(line)).toBe('nothing');
});

it.each([
  ['cat >> log.jsonl', 'unknown'],
  [`cat ${'$'}FILE`, 'unknown'],
  ['cat > /tmp/log', 'unknown'],
  ['jq -f filter.jq', 'unknown'],
  [`jq 'import "a" as a; .'`, 'unknown'],
  ['PATH=node_modules/.bin jq .', 'unknown'],
  ['cat() { ./x; }; cat', 'workspace'],
  ['echo "$(./x)"', 'workspace'],
  ['echo `sh < x`', 'workspace'],
  ['cat x | sh', 'workspace'],
  ['find . -name x -exec {} \\;', 'workspace'],
  [`osascript -e 'do shell script "npx x"'`, 'unknown'],
  [`osascript -e 'display notification (do shell script "npx x")'`, 'unknown'],
  ['terminal-notifier -message x -execute "npx x"', 'unknown'],
  ['unheard-of x', 'unknown'],
  ['~/.claude/hooks/format.sh', 'unknown'],
  ['git add -A && git commit -qm wip', 'repository'],
  ['if true; then git commit -qm wip; fi', 'repository'],
  ['git commit -qm wip && git push', 'unknown'],
  ['git commit -qm wip && unheard-of x', 'unknown'],
] as const)('may start something: %s', (line, expected) => {
  expect(reach(line)).toBe(expected);
});

it('a link in the workspace decides where a path leads, also where it only passes through', () => {
  symlinkSync(outside, join(cwd, 'middle'));
  symlinkSync(join(cwd, 'middle'), join(outside, 'over'));
  symlinkSync(outside, join(outside, 'aside'));
  const leads = (path: string) => leadsThroughWorkspace(join(outside, path), cwd);
  expect(['over/x', 'over', 'aside/over/new'].map(leads)).toEqual([true, true, true]);
  expect(['x', 'aside/x', 'new'].map(leads)).toEqual([false, false, false]);
});
