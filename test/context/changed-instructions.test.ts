import { expect, it } from 'vitest';
import { describeChanged, tellChanged } from '../../src/context/changed-instructions.ts';
import { formatInstructions } from '../../src/context/instructions.ts';
import type { Note } from '../../src/core/types.ts';

const file = (name: string, text: string) => ({ path: `/p/${name}`, text });
const rules = [file('AGENTS.md', 'Use npm.\n\n## Lessons\n\nkey-1'), file('src/CLAUDE.md', 'Tabs.')];
const known = {
  system: `Be good.\n\n${formatInstructions(rules, '/p').replace('key-1', '[key]')}`,
  cwd: '/p',
  redact: (text: string) => text.replace('key-1', '[key]'),
};

it('says which instruction files are others than a session began with, and which are gone', () => {
  expect(describeChanged(rules, known)).toBeUndefined();
  const changed = describeChanged([file('AGENTS.md', 'Use pnpm.')], known);
  expect(changed).toContain('No longer there: src/CLAUDE.md.');
  expect(changed).toContain('## AGENTS.md\n\nUse pnpm.');
  expect(describeChanged([...rules, file('lib/AGENTS.md', 'New.')], known)).toMatch(
    /now[^#]*## lib\/AGENTS.md\n\nNew\.$/,
  );
});

it('tells a change once, and that it was taken back', () => {
  const changed = describeChanged([file('AGENTS.md', 'Use pnpm.'), rules[1]!], known);
  const note = (text = ''): Note => ({ from: 'harness', text, at: '2026-01-01T00:00:00Z' });
  expect(tellChanged(changed, [])).toBe(changed);
  expect(tellChanged(changed, [note(changed), note('other')])).toBeUndefined();
  const back = tellChanged(undefined, [note(changed)]);
  expect(back).toContain('again as they were');
  expect(tellChanged(undefined, [note(changed), note(back)])).toBeUndefined();
  expect(tellChanged(undefined, [])).toBeUndefined();
});
