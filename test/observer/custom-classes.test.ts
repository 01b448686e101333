import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadClasses } from '../../src/observer/classes/custom-classes.ts';
import { builtInClasses } from '../../src/observer/classes/taxonomy.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wink-classes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const chatter = `---
name: too-much-talk
category: Manners
when: turn-end
summary: talks more than it works
---

Does the agent write long summaries that nobody asked for?
`;

it("adds a user's classes to the built-in ones, without code", async () => {
  writeFileSync(join(folder, 'talk.md'), chatter);
  writeFileSync(join(folder, 'notes.txt'), 'no class');
  const { classes, problems } = await loadClasses([join(folder, 'missing'), folder]);
  expect(problems).toEqual([]);
  expect(classes.slice(builtInClasses.length)).toEqual([
    {
      name: 'too-much-talk',
      category: 'Manners',
      when: 'turn-end',
      summary: 'talks more than it works',
      question: 'Does the agent write long summaries that nobody asked for?',
    },
  ]);
});

it('lets a later folder win by name', async () => {
  const second = join(folder, 'second');
  mkdirSync(second);
  writeFileSync(join(folder, 'a.md'), '---\nname: mine\n---\nFirst?\n');
  writeFileSync(join(second, 'b.md'), '---\nname: mine\n---\nSecond?\n');
  const { classes } = await loadClasses([folder, second]);
  expect(classes.filter(({ name }) => name === 'mine')).toMatchObject([
    { question: 'Second?', category: 'Custom', when: 'interval' },
  ]);
});

const broken: [string, string, RegExp][] = [
  ['no front matter', 'Is it so?', /no front matter/],
  ['a wrong moment', '---\nname: mine\nwhen: always\n---\nIs it so?', /when: /],
  ['a wrong name', '---\nname: My Class\n---\nIs it so?', /name: must be small letters/],
  ['an unknown key', '---\nname: mine\ncommand: rm\n---\nIs it so?', /command/],
  ['no question', '---\nname: mine\n---\n\n', /asks nothing/],
  ['broken YAML', '---\nname: [\n---\nIs it so?', /front matter/],
  ['the name of a built-in class', '---\nname: infinite-loop\n---\nIs it so?', /built-in/],
];
it.each(broken)('says what is wrong with a file with %s, and uses the others', async (_, text, expected) => {
  writeFileSync(join(folder, 'broken.md'), text);
  writeFileSync(join(folder, 'good.md'), chatter);
  const { classes, problems } = await loadClasses([folder]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(expected);
  expect(classes).toHaveLength(builtInClasses.length + 1);
});
