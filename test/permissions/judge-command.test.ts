import { describe, expect, it } from 'vitest';
import { commands, type Expected } from './commands.ts';
import { makePlace, permissionsOf, verdictOf } from './workspace.ts';

const place = makePlace();
const expected: Readonly<Record<Expected, readonly [string, string, string]>> = {
  r: ['allow', 'allow', 'allow'],
  w: ['ask', 'allow', 'deny'],
  '?': ['ask', 'ask', 'deny'],
  o: ['ask', 'ask', 'ask'],
};

describe('the verdict on a command in the modes ask, edits and plan', () => {
  it.each(commands)('%s', async (command, kind) => {
    const verdicts = [];
    for (const mode of ['ask', 'edits', 'plan'] as const)
      verdicts.push(await verdictOf(permissionsOf(place, { mode }), command));
    expect(verdicts).toEqual(expected[kind]);
  });

  it('covers at least 150 commands, no command twice', () => {
    expect(commands.length).toBeGreaterThanOrEqual(150);
    expect(new Set(commands.map(([command]) => command)).size).toBe(commands.length);
  });

  it('lets everything through in mode full when no rule watches commands', async () => {
    const permissions = permissionsOf(place, { mode: 'full' });
    for (const [command] of commands) expect(await verdictOf(permissions, command)).toBe('allow');
  });
});
