import { expect, it } from 'vitest';
import { reachesWorkspace } from '../../src/permissions/user-lines/reaches-workspace.ts';
import { makePlace } from './workspace.ts';

const { cwd, home } = makePlace();
const reaches = (line: string) => reachesWorkspace(line, { cwd, home, env: { PATH: process.env.PATH } });

it.each([
  ...[
    'npx prettier --write .',
    'gulp lint',
    'cd src && npm test',
    'make',
    'sh tools/lint.sh',
    './lint',
    'env X=1 node tools/x.js',
  ],
  ...[
    'python3 -m tool',
    "python3 -c 'import json'",
    `${cwd}/lint`,
    'jq . | xargs npx eslint',
    '"$TOOL" x',
    'bash -c "make x"',
  ],
])('starts what the workspace holds: %s', (line) => {
  expect(reaches(line)).toBe(true);
});

it.each([
  ...['jq -r .tool_name >> /tmp/log', 'git diff --stat', 'cat', 'no-such-notifier hello', '/opt/tools/notify x'],
  ...['~/bin/hook.sh', '"$CLAUDE_PROJECT_DIR"/.claude/hooks/check.sh', '.wink/hooks/check.sh', 'sh .claude/hooks/x.sh'],
  ...['python3 /opt/hook.py', "sh -c 'echo done'", 'echo npx'],
])('is the user’s own: %s', (line) => {
  expect(reaches(line)).toBe(false);
});
