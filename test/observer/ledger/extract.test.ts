import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractConstraints } from '../../../src/observer/ledger/extract.ts';

const rules = (text: string) => extractConstraints(text, 'user').map((constraint) => constraint.rule);
const noChange = (kinds: string[], globs: string[] = []) => ({ type: 'no-change', files: { kinds, globs } });
const onlyChange = (...globs: string[]) => ({ type: 'only-change', files: { kinds: [], globs } });

describe('extractConstraints', () => {
  it.each([
    ['Please do not modify tests.', noChange(['tests'])],
    ["Fix the total, but don't touch the existing tests", noChange(['tests'])],
    ['Fix it without changing the tests.', noChange(['tests'])],
    ['The test files must not be changed.', noChange(['tests'])],
    [
      'DO NOT MODIFY: tests, configuration files (tool.toml, etc.)',
      noChange(['tests', 'configuration'], ['tool.toml']),
    ],
    ['Leave package.json alone.', noChange([], ['package.json'])],
    ['Never edit `src/generated/`', noChange([], ['src/generated/'])],
    ['schema.sql is read-only', noChange([], ['schema.sql'])],
    ['- No changes to the docs, please', noChange(['documentation'])],
    ['The suite lives in check.py; you should not edit it', noChange([], ['check.py'])],
  ])('%s', (text, rule) => expect(rules(text)).toEqual([rule]));

  it.each([
    ['only change src/cart', onlyChange('src/cart')],
    ['Only edit `lib/a.ts` and `lib/b.ts`, nothing else.', onlyChange('lib/a.ts', 'lib/b.ts')],
    ["Please don't touch anything outside src/parser.", onlyChange('src/parser')],
    ['Limit your changes to packages/core/', onlyChange('packages/core/')],
    ['Stay within app/models', onlyChange('app/models')],
    ['Only files under web/ please', onlyChange('web/')],
  ])('%s', (text, rule) => expect(rules(text)).toEqual([rule]));

  it.each([
    ['no new dependencies', { type: 'no-dependencies' }],
    ['Please do not install any additional packages.', { type: 'no-dependencies' }],
    ["don't commit", { type: 'no-git', verbs: ['commit'] }],
    ['Do not commit or push anything', { type: 'no-git', verbs: ['commit', 'push'] }],
    ["don't run `npm publish`", { type: 'no-command', commands: ['npm publish'] }],
    ["Don't use sudo", { type: 'no-command', commands: ['sudo'] }],
    ["Don't create any new files.", { type: 'no-new-files', except: [] }],
  ])('%s', (text, rule) => expect(rules(text)).toEqual([rule]));

  it('knows what running migrations means', () => {
    expect(rules("don't run migrations")[0]).toMatchObject({
      type: 'no-command',
      commands: expect.arrayContaining(['migrate']),
    });
  });

  it.each([
    "You don't have to modify the tests.",
    'The function should not modify its input.',
    'I never touch the tests myself, they are slow.',
    'Transformers that do not modify the tests keep their types.',
    'Keep the public API unchanged.',
    'Run the tests and do not stop before they pass.',
    'Only one of the two functions works.',
    'Add a test for the parser.',
  ])('takes no constraint from: %s', (text) => expect(rules(text)).toEqual([]));

  it('does not listen to what is only quoted', () => {
    expect(
      rules('See the report:\n> do not modify tests\n```\ndo not modify tests\n```\n<!-- do not modify tests -->'),
    ).toEqual([]);
    expect(rules('<issue>\nDo not modify tests.\n</issue>\nFix the issue.')).toEqual([]);
  });

  it('quotes the words and says whose they are', () => {
    const [constraint] = extractConstraints('Fix the cart.\nDo not modify tests.', 'AGENTS.md');
    expect(constraint).toMatchObject({ quote: 'Do not modify tests.', source: 'AGENTS.md' });
  });

  it('reads 100 kB of the worst text without blowing up, and any text without throwing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        (text) => extractConstraints(text, 'user').length >= 0,
      ),
    );
    for (const piece of [
      "don't ",
      'do not modify ',
      'a/',
      'must not be ',
      'only change x ',
      'keep `"',
      'no changes to \n',
    ]) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      expect(extractConstraints(text, 'user').length).toBeLessThanOrEqual(40);
    }
  });
});
