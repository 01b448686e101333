import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractConstraints, readWishes } from '../../../src/observer/ledger/extract.ts';

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

  it.each([
    ["don't fix anything, just validate that it works", { type: 'read-only' }],
    ['Do not write code, only explain.', { type: 'read-only' }],
    ['Review it. No code changes.', { type: 'read-only' }],
    ["don't change any files yet, I want to know why first", { type: 'read-only' }],
    ['Never push directly to `main`.', { type: 'no-git', verbs: ['push'], branch: 'main' }],
    ['NEVER force push without my consent.', { type: 'no-git', verbs: ['force-push'] }],
    ['Do not amend commits.', { type: 'no-git', verbs: ['amend'] }],
    ['Never create git commits unless I explicitly ask.', { type: 'no-git', verbs: ['commit'] }],
    ['Write the message, but do not commit it.', { type: 'no-git', verbs: ['commit'] }],
    [
      'Never commit `.env` or secrets.json',
      { type: 'no-git', verbs: ['commit'], files: { kinds: [], globs: ['.env', 'secrets.json'] } },
    ],
    ["don't open a PR", { type: 'no-command', commands: ['gh pr create'] }],
    ["Don't run the tests, they take an hour.", { type: 'no-command', commands: [], kind: 'tests' }],
    ["Don't delete the migrations.", { type: 'no-delete', files: { kinds: ['migrations'], globs: [] } }],
    ['Never edit dist/ by hand.', { ...noChange([], ['dist/']), byHand: true }],
    ["The settings live in app.toml. Don't change it.", noChange([], ['app.toml'])],
    [
      'These are open:\n- src/a.ts\n- src/b.ts\n\nDo not touch or revert those.',
      noChange([], ['src/a.ts', 'src/b.ts']),
    ],
    [
      '`.env.prod` holds the keys. Never commit it.',
      { type: 'no-git', verbs: ['commit'], files: { kinds: [], globs: ['.env.prod'] } },
    ],
    [
      "Don't commit `.env.local` to git (it's ignored already)",
      { type: 'no-git', verbs: ['commit'], files: { kinds: [], globs: ['.env.local'] } },
    ],
    ['Do not run tests (leave that to me).', { type: 'no-command', commands: [], kind: 'tests' }],
    [
      'NEVER run `git commit`, `git push`, or any other git write commands.',
      { type: 'no-command', commands: ['git commit', 'git push'] },
    ],
    ['Do not edit generated `dist/` or `.codex/skills/` content.', noChange([], ['dist/', '.codex/skills/'])],
    ['Never use `git add .`: it can add unwanted files.', { type: 'no-command', commands: ['git add .'] }],
    ['Fix R&D/plan.md, but never\nchange R&D/notes/.', noChange([], ['R&D/notes/'])],
  ])('%s', (text, rule) => expect(rules(text)).toEqual([rule]));

  it.each([
    'If the tests fail, do not commit.',
    "Don't commit if the tests fail.",
    'Never commit without running the tests.',
    'Never push to main without a green build.',
    'Never push to main — unless the hotfix is urgent.',
    'Do not commit secrets.',
    'Stage explicit paths only, and do not commit machine-local artifacts.',
    "Don't amend commits that were pushed.",
    'Do NOT use go-git v5 for `checkout` or `reset --hard` operations.',
    'Never call `rglob`/`os.walk`/`git` in a loop.',
    'Use `margin`, never use `padding`.',
    'NEVER edit those `.d.ts` files that are generated.',
    'Never edit CLAUDE.md files that contain `@AGENTS.md`.',
    'When testing the command line, never use `agentv` directly.',
    'Now I switch branches, then don’t commit but stash: what happens?',
    'Do not edit the header of README.md.',
    "Don't change the public API in src/api.ts.",
    'Do not modify tests to make them pass.',
    'Do not touch the integration tests.',
    "Don't push back on scope.",
    '## Reviewer\n- Do not modify the tests.',
    'When reviewing:\n- Do not modify the tests.',
  ])('leaves to the judge: %s', (text) => expect(rules(text)).toEqual([]));

  it.each([
    '| manual (default) | Unchanged (no commits) | no push support |',
    'The only file that imports src/a.ts is src/b.ts.',
    'We can just change src/a.ts.',
    "Why don't we commit this?",
    'This does not touch package.json.',
  ])('hears nothing in: %s', (text) => {
    expect(readWishes(text, 'user')).toEqual({ constraints: [], advice: [] });
  });

  it('takes "it" in an instruction file for the thing named before, and for the work only of the user', () => {
    const ofFile = (text: string) => extractConstraints(text, 'AGENTS.md');
    expect(ofFile('The project file is generated — never commit it.')).toEqual([]);
    expect(ofFile('`shop.xcode/` is generated — never commit it.')).toMatchObject([
      { rule: { files: { globs: ['shop.xcode/'] } } },
    ]);
    expect(rules("Write the message, but don't commit it.")).toEqual([{ type: 'no-git', verbs: ['commit'] }]);
  });

  it('keeps the words that it does not understand as a whole', () => {
    const { advice } = readWishes('Do not commit secrets. Never push to main without a green build.', 'user');
    expect(advice.map(({ quote }) => quote)).toEqual([
      'Do not commit secrets.',
      'Never push to main without a green build.',
    ]);
  });

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
