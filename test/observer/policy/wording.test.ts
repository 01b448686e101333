import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/core/prompt.ts';
import type { Rung, Verdict } from '../../../src/core/types.ts';
import { builtInClasses } from '../../../src/observer/classes/taxonomy.ts';
import { detectorsSchema } from '../../../src/observer/detectors/detector-settings.ts';
import { ruleOf } from '../../../src/observer/policy/ladder.ts';
import { wordRefusal, wordReminder } from '../../../src/observer/policy/wording.ts';
import { verdict } from '../steps.ts';

const folder = join(packageRoot(), 'prompts', 'reminders');
const templates = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .map((name) => name.replace(/\.md$/, ''));
const forClass = (name: string, parts: Partial<Verdict> = {}): Verdict =>
  verdict({ class: name, atStep: 3, evidenceSteps: [3], ...parts });
const spoken = builtInClasses.flatMap(({ name }) => ruleOf(name).rungs.map((rung): [string, Rung] => [name, rung]));

describe('the words of a reminder', () => {
  it.each(spoken)('exist for %s on the rung %s, short and with the evidence', (name, rung) => {
    const text = wordReminder(forClass(name, { evidence: 'the evidence of it' }), rung);
    expect(text).toContain('he evidence of it.');
    expect(text).not.toMatch(/\{\{|\}\}|undefined/);
    expect(text.split(/\s+/).length).toBeLessThan(110);
  });

  it.each(spoken)('of %s on the rung %s say what to do, not only what not to do', (name, rung) => {
    const [, ...sentences] = wordReminder(forClass(name, { evidence: 'X happened' }), rung).split(/[.:;] /);
    expect(sentences.some((sentence) => !/^(?:don['’]t|do not|never|stop)\b/i.test(sentence.trim()))).toBe(true);
    expect(sentences.join(' ')).not.toMatch(/do not mention|don['’]t tell the user/i);
  });

  it("are a class's own, a detector's own before them, and common ones for a user's class", () => {
    const common = wordReminder(forClass('my-class'), 'redirect');
    expect(wordReminder(forClass('did-not-follow-instructions'), 'redirect')).not.toBe(common);
    expect(wordReminder(forClass('did-not-follow-instructions', { detector: 'constraint' }), 'redirect')).toContain(
      'until the user lifts them',
    );
    expect(wordReminder(forClass('../../system'), 'redirect')).toBe(common);
  });

  it("are the adviser's when there are any, on the first two rungs", () => {
    const advised = forClass('wrong-premise', { advice: 'DO print the value of `limit`.' });
    expect(wordReminder(advised, 'redirect')).toContain('\n\nDO print the value of `limit`.');
    expect(wordReminder(advised, 'check')).toContain('still going on');
    expect(wordReminder(advised, 'check')).toContain('DO print');
    expect(wordReminder(advised, 'refuse')).not.toContain('DO print');
  });

  it('carry evidence in one bounded line', () => {
    const text = wordReminder(forClass('infinite-loop', { evidence: `a\n\nb ${'long '.repeat(200)}` }), 'redirect');
    expect(text).not.toContain('\n');
    expect(text.length).toBeLessThan(900);
    expect(wordRefusal('`npm test` was run 4 times')).toContain('`npm test` was run 4 times.');
  });

  it('ask the user only where somebody can answer', () => {
    const alone = (name: string, rung: Rung, detector?: string) =>
      wordReminder(forClass(name, detector === undefined ? {} : { detector }), rung, { canAsk: false });
    for (const [name, rung] of spoken) expect(alone(name, rung)).not.toMatch(/ask the user|let them decide/);
    expect(alone('did-not-follow-instructions', 'redirect', 'constraint')).toContain('nobody can answer in this run');
    expect(wordReminder(forClass('did-not-follow-instructions'), 'redirect')).toContain('ask the user');
  });

  it('do not say again what the refusal of the call has said', () => {
    const text = wordReminder(
      forClass('did-not-follow-instructions', { detector: 'constraint', isRefused: true }),
      'redirect',
    );
    expect(text).toContain('The refused call');
    expect(text).not.toContain('this touches');
  });

  it('write the name of a tool or a file as it is', () => {
    const words = (evidence: string) => wordReminder(forClass('infinite-loop', { evidence }), 'redirect');
    expect(words('web_fetch failed 3 times')).toMatch(/^web_fetch failed/);
    expect(words('remote-setup.sh was changed')).toMatch(/^remote-setup\.sh was/);
    expect(words('.env was changed')).toMatch(/^\.env was/);
    expect(words('shell failed 3 times')).toMatch(/^Shell failed/);
  });

  it('ask for the whole summary again where they open a turn again', () => {
    const text = wordReminder(forClass('false-claim'), 'redirect', { canAsk: true, reopensTurn: true });
    expect(text).toContain('will see only your next final message');
  });

  it('have no template that nothing uses', () => {
    const names = [...builtInClasses.map(({ name }) => name), ...Object.keys(detectorsSchema.unwrap().shape), 'other'];
    const used = new Set([
      ...names.flatMap((name) => [name, `${name}.check`]),
      'advised',
      'advised.check',
      'constraint.refused',
      'standing-words',
    ]);
    expect(templates.filter((name) => !used.has(name))).toEqual([]);
    for (const name of templates) expect(readFileSync(join(folder, `${name}.md`), 'utf8')).toMatch(/\{\{\w+\}\}/);
  });
});
