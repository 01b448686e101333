import { describe, expect, it } from 'vitest';
import { createGuard } from '../../../src/observer/guards/constraint-guard.ts';
import { extractConstraints } from '../../../src/observer/ledger/extract.ts';
import { createLedger } from '../../../src/observer/ledger/ledger.ts';

const rules = (text: string) => extractConstraints(text, 'user').map((constraint) => constraint.rule);
const files = (kinds: string[], ...globs: string[]) => ({ kinds, globs });
const noChange = (kinds: string[], ...globs: string[]) => ({ type: 'no-change', files: files(kinds, ...globs) });
const noGit = (...verbs: string[]) => ({ type: 'no-git', verbs });
const readOnly = { type: 'read-only' };

describe('ways of forbidding', () => {
  it.each([
    ['Please make sure that you do not modify anything under infra/', noChange([], 'infra/')],
    ['Be careful not to change anything in src/legacy/.', noChange([], 'src/legacy/')],
    ["Fix the total, and make sure you're not changing anything under old/", noChange([], 'old/')],
    ["Don't go changing the fixtures/ folder.", noChange([], 'fixtures/')],
    ["I'd appreciate it if you left the tests alone.", noChange(['tests'])],
    ["Make sure that tsconfig.json doesn't get touched.", noChange([], 'tsconfig.json')],
    ['The tests must keep passing without being changed.', noChange(['tests'])],
    ["The files in wire/ are shared with another team and can't be modified.", noChange([], 'wire/')],
    ['model.prisma belongs to Ann, so work around it without modifying it.', noChange([], 'model.prisma')],
    ['The client schema stays as it is (api/schema.sql).', noChange([], 'api/schema.sql')],
    ["The importer under src/import isn't part of this.", noChange([], 'src/import')],
    ["Anything in src/made is machine written so don't hand edit it.", { ...noChange([], 'src/made'), byHand: true }],
    ['The pipeline (.travis.yml) is managed elsewhere; treat it as read-only.', noChange([], '.travis.yml')],
    ["I'm not asking you to change anything.", readOnly],
    ['Before touching anything: what would you do?', readOnly],
    ["You don't have to fix it, only tell me where it goes wrong.", readOnly],
    ['Write the plan to PLAN.md and do not start implementing.', { ...readOnly, except: ['PLAN.md'] }],
    ['Commits yes, pushes no.', noGit('push')],
    ["Commits are fine, pushes aren't.", noGit('push')],
    ["I'm the only one who pushes here.", noGit('push')],
    ['The lockfile should not show up in the diff.', noChange(['lock files'])],
    ['lib/old must survive this untouched.', noChange([], 'lib/old')],
    ["You're welcome to look at infra/, but changing things there needs my ok.", noChange([], 'infra/')],
    ['Adapt the strings except those in errors.ts.', noChange([], 'errors.ts')],
    ['Change as little as possible and nothing in api/', noChange([], 'api/')],
    ["Brew is broken on this box, don't call it.", { type: 'no-command', commands: ['brew'] }],
    ['Work in src/search and nowhere else.', { type: 'only-change', files: files([], 'src/search') }],
    ["Don't remove the tests, even if they look redundant.", { type: 'no-delete', files: files(['tests']) }],
    ["Don't stash my stuff.", noGit('stash')],
    ["No need for a PR, I'll open one.", { type: 'no-command', commands: ['gh pr create'] }],
    ['No git reset or git restore.', { type: 'no-command', commands: ['git reset', 'git restore'] }],
    ['Do it without git stash this time.', { type: 'no-command', commands: ['git stash'] }],
    ['Keep it to one file, src/app.py.', { type: 'only-change', files: files([], 'src/app.py') }],
    ['Hands off the tests.', noChange(['tests'])],
    ['Fix it without touching the public API file src/index.ts.', noChange([], 'src/index.ts')],
    ["Let's do phase 2. Do not touch the phase 1 files (src/one/*).", noChange([], 'src/one/*')],
    ['package.json and yarn.lock should stay unchanged.', noChange([], 'package.json', 'yarn.lock')],
    ['Nothing in api/ may be modified.', noChange([], 'api/')],
    ['Files you must not touch: src/a.ts, src/b.ts', noChange([], 'src/a.ts', 'src/b.ts')],
    ['Leave the styles.css file as it is.', noChange([], 'styles.css')],
    ["I don't want any changes to package-lock.json.", noChange([], 'package-lock.json')],
    ['Only files in docs/ may be changed.', { type: 'only-change', files: files([], 'docs/') }],
    ['You may read but not modify anything in contracts/.', noChange([], 'contracts/')],
    ['One constraint: auth/session.py must not change.', noChange([], 'auth/session.py')],
    ['Under no circumstances modify .github/workflows/deploy.yml', noChange([], '.github/workflows/deploy.yml')],
    ['Please leave tests/ alone, another agent is working there.', noChange([], 'tests/')],
    ['Convert the helpers, but leave the .d.ts files untouched.', noChange([], '*.d.ts')],
    ['Go on with step 3. Tests stay as they are.', noChange(['tests'])],
    ["You're only allowed to edit files in plugins/foo.", { type: 'only-change', files: files([], 'plugins/foo') }],
    ['Make the change in api/handlers.go only.', { type: 'only-change', files: files([], 'api/handlers.go') }],
    ['Nothing should be committed.', noGit('commit')],
    ["I'd like to commit this myself.", noGit('commit')],
    ["Don't squash the commits.", noGit('squash')],
    ["I don't like how you keep editing src/a.ts.", noChange([], 'src/a.ts')],
    ['Please no force pushing.', noGit('force-push')],
    ["Don't run scripts/deploy.sh", { type: 'no-command', commands: ['scripts/deploy.sh'] }],
    ["Don't run the linter.", { type: 'no-command', commands: [], kind: 'linters' }],
    ['No sudo.', { type: 'no-command', commands: ['sudo'] }],
    ["Don't create a README.", { type: 'no-new-files', except: [], files: files([], 'README*') }],
    ["I'll commit it myself.", noGit('commit')],
    ["Let it run, and I'll review and commit when it is done.", noGit('commit')],
    ['Hold off on committing.', noGit('commit')],
    ['Always ask me before you push.', noGit('push')],
    ['I want to see the diff before you commit.', noGit('commit')],
    ["Don't commit until I've looked at it.", noGit('commit')],
    ['Stay on this branch.', noGit('switch')],
    ["Don't merge the PR.", noGit('merge')],
    ['Commit everything except .env', { ...noGit('commit'), files: files([], '.env') }],
    ["Don't skip the pre-commit hooks.", { type: 'no-command', commands: ['--no-verify'] }],
    ["Don't use git add .", { type: 'no-command', commands: ['git add .'] }],
    ['Stage only what you changed, never `git add -A`.', { type: 'no-command', commands: ['git add -A'] }],
    ["Please don't npm install anything.", { type: 'no-command', commands: ['npm install'] }],
    ['No git commands please.', { type: 'no-command', commands: ['git'] }],
    ["Don't start the dev server.", { type: 'no-command', commands: [], kind: 'servers' }],
    ['Do not deploy to production.', { type: 'no-command', commands: [], kind: 'deployment' }],
    ["Don't publish anything to npm.", { type: 'no-command', commands: [], kind: 'publishing' }],
    ['Do not run the e2e tests.', { type: 'no-command', commands: ['e2e'], kind: 'tests' }],
    ["Don't run the full test suite.", { type: 'no-command', commands: [], kind: 'whole test suite' }],
    ["Don't delete any files.", { type: 'no-delete', files: files([], '**') }],
    ["Don't create any md files.", { type: 'no-new-files', except: [], files: files(['documentation']) }],
    ['Put it all in index.html, no other files.', { type: 'no-new-files', except: ['index.html'] }],
    ['Implement it without any new dependencies.', { type: 'no-dependencies' }],
    ['Before you change anything, show me the plan.', readOnly],
    ['I just want a plan, no implementation.', readOnly],
    ['Without changing any code, explain how it works.', readOnly],
    ['Work in a worktree, never in the main checkout.', { type: 'no-main-checkout' }],
    ['Update the README. No code changes.', noChange(['production code'])],
    ["Only add tests, don't change any source files.", noChange(['production code'])],
    ['The shared theme.ts is off limits, fix the button.', noChange([], 'theme.ts')],
    ['make it faster, but the tests are sacred', noChange(['tests'])],
    ['You are not allowed to mess with the config files.', noChange(['configuration'])],
    ['None of the tests may be edited.', noChange(['tests'])],
    ['Rename it everywhere, but not in lib/old/.', noChange([], 'lib/old/')],
    ['Convert all of it except for scripts/.', noChange([], 'scripts/')],
    ['Fix the lint errors but skip src/vendor/.', noChange([], 'src/vendor/')],
    ['Stay out of the infra folder.', noChange([], 'infra/')],
    ['src/types.ts: do not touch', noChange([], 'src/types.ts')],
    ['The test is right, the code is wrong. dont adapt the test!', noChange(['tests'])],
    ['The production code is fine, do not change it.', noChange(['production code'])],
    ["Don't change the old routes in src/routes/, the app needs them.", noChange([], 'src/routes/')],
    ['u shouldnt edit the schema (db/schema.rb)', noChange([], 'db/schema.rb')],
    ['Ändere keine Tests!', noChange(['tests'])],
    ['Bitte die Datei src/a.ts nicht anfassen.', noChange([], 'src/a.ts')],
    ['work exclusively in services/mail', { type: 'only-change', files: files([], 'services/mail') }],
    ['All changes must be in src/lexer.rs.', { type: 'only-change', files: files([], 'src/lexer.rs') }],
    ['Fix the typo in docs/a.md, nothing else should change.', { type: 'only-change', files: files([], 'docs/a.md') }],
    ['docs only please', { type: 'only-change', files: files(['documentation']) }],
    ["Don't delete the old code in src/v1/.", { type: 'no-delete', files: files([], 'src/v1/') }],
    ['nothing gets deleted', { type: 'no-delete', files: files([], '**') }],
    ["I'll handle the commit", noGit('commit')],
    ['yes, but we do not need to commit', noGit('commit')],
    ['pushing is my job', noGit('push')],
    ['Nicht committen, ich schau erst drüber.', noGit('commit')],
    ['Push it to the branch, but never to main.', { ...noGit('push'), branch: 'main' }],
    ['rebasing is not allowed', noGit('rebase')],
    ['leave everything unstaged', noGit('stage', 'commit')],
    ['we use pnpm here, use pnpm not npm', { type: 'no-command', commands: ['npm'] }],
    ['The server is up, no need to start the dev server.', { type: 'no-command', commands: [], kind: 'servers' }],
    ['Run the unit tests, not the integration ones', { type: 'no-command', commands: ['integration'], kind: 'tests' }],
    ['Write the migration but do not run it.', expect.objectContaining({ kind: 'migrations' })],
    ["don't rename any files", { type: 'no-command', commands: ['mv', 'git mv'] }],
    ['This must not be deployed.', { type: 'no-command', commands: [], kind: 'deployment' }],
    ['add no packages', { type: 'no-dependencies' }],
    ['stick to the standard library', { type: 'no-dependencies' }],
    ['no markdown summary files', { type: 'no-new-files', except: [], files: files(['documentation']) }],
    ["Don't write any tests.", { type: 'no-new-files', except: [], files: files(['tests']) }],
    ['Analyse (do not modify!) the build.', readOnly],
    ['No action required yet, just tell me how big it would be.', readOnly],
    ['Could you explain it without changing anything?', readOnly],
    ["I'll make the edits, just point me at the lines.", readOnly],
    ['before you start coding i want to see the plan', readOnly],
    ['before editing, list the files you plan to touch', readOnly],
    ['verify the fix, change nothing', readOnly],
    ["what's wrong with it? pls dont fix, just explain", readOnly],
    ['Controllers (src/controllers) must remain unchanged.', noChange([], 'src/controllers')],
    ['nothing should be removed from assets/', { type: 'no-delete', files: files([], 'assets/') }],
    ['please leave committing and pushing to me', noGit('commit', 'push')],
    ['you can stage it but not commit', noGit('commit')],
    ['commit it, but leave out package-lock.json', { ...noGit('commit'), files: files([], 'package-lock.json') }],
    ['leave git history alone', noGit('rebase', 'amend', 'squash', 'force-push')],
    ['never run `prisma migrate reset`', { type: 'no-command', commands: ['prisma migrate reset'] }],
    ["Don't install anything via pip.", { type: 'no-dependencies' }],
    ['stick to the files in web/src', { type: 'only-change', files: files([], 'web/src') }],
  ])('%s', (text, rule) => expect(rules(text)).toEqual([rule]));

  it.each([
    ['Do not touch:\n- src/a.ts\n- `lib/` (vendored)', [noChange([], 'src/a.ts'), noChange([], 'lib/')]],
    ['## Reference files (read-only)\n- `src/x.ts` — shows how', [noChange([], 'src/x.ts')]],
    ['Only change these files:\n- a.ts\n- b.ts', [{ type: 'only-change', files: files([], 'a.ts', 'b.ts') }]],
    ['Leave the following alone:\n- src/a.ts', [noChange([], 'src/a.ts')]],
    ['dont touch the lockfile pls, bump lodash', [noChange(['lock files'])]],
    ["Don't:\n- commit\n- push to main", [noGit('commit'), { ...noGit('push'), branch: 'main' }]],
    ['ok do it. no commit no push', [noGit('commit'), noGit('push')]],
    ['Never push to main or force-push.', [{ ...noGit('push'), branch: 'main' }, noGit('force-push')]],
  ])('%s', (text, expected) => expect(rules(text)).toEqual(expected));

  it.each([
    'Fix A in src/x.ts. The other one is known: do not fix it.',
    'Refactor the parser. No code changes.',
    "You can't overwrite config/local.yml because it is locked, unlock it first.",
    'Keep package.json in the commit.',
    'Add a --no-push flag.',
    'Write a test that makes sure we never push to a protected branch.',
    'Show a dialog before deleting anything.',
    'Only change these files:\n- a.ts\n- whatever needs it',
    'The app should start without running migrations.',
    'The tool works without modifying the tests.',
    'I want to see all tests green before you push.',
    'Give it a try before you commit.',
    'Run the tests before committing.',
    "I'll push the tag afterwards, you do the rest.",
    "I'll run it and paste the output.",
    'make sure it never deletes user files',
    'The script stops without pushing. Fix it and push.',
    "You didn't commit, please do.",
    'The push fails, not the commit.',
    'All files in src/gen are unchanged, so the generator did not run.',
    'Nobody should have to edit config.json by hand, build a page for it.',
    "You don't have to edit config.json.",
    'Commits are not signed, can you fix that?',
    'What is under vendor/ is not ignored by eslint.',
    'There must be no difference between a.json and b.json.',
    "Can't commit: the hook fails.",
    "It'd be great if it didn't push on every save.",
    'You do one prompt (no file changes yet), then it resets the folder.',
    'Apart from README.md, docs stay untouched.',
    "Please don't execute anything in scripts/",
    'Only edit files in `src/`, `proto/`, or whatever the task needs.',
    "Don't push so many logs to the console.",
    "Don't deploy without running the tests.",
    "Don't start the server if the port is taken.",
    "Don't build a new parser, reuse the old one.",
    'The header should stay unchanged when scrolling.',
    'Never delete anything the user created.',
    'Exclude test files from coverage.',
    'The bundle is generated; never commit it.',
    'Do not upgrade dependencies in the lock step job.',
    "Don't just change the test, fix the cause.",
    'The button label, disabled logic, and styling remain unchanged',
    'Schema: no migration needed (optional field)',
    'no just add the name',
    'would it be easier to use the helper instead of writing to context.md',
    'Do not reset the form on error.',
    'Leave the other workflows alone, change deploy.yml.',
    "You don't have to leave the tests alone.",
    'Do not merge cells in the table.',
    'avoid pushing to the array in a loop',
    "I don't think the tests need to change",
    'No tests fail anymore. Commit.',
    'The behaviour must not change, just speed it up.',
    'Leave the old endpoint in place.',
    'Leave package.json in place and add a script to it.',
    'Keep src/old.ts in place but fix the typo in it.',
    'Keep src/a.ts where it is, but rename the function in it.',
    "I don't like how you changed src/a.ts, fix it.",
    'Nothing in package.json has changed since May, so update the dependencies.',
    'Nothing in src/core changed last week.',
    'src/a.ts has not been touched since 2020.',
    'There are no changes in src/core.',
    'There should be no changes needed in src/core.',
    'No changes necessary in src/core.',
    'You need not change the tests first.',
    "Don't commit first.",
    'Add an option to skip the tests.',
    'Add a button to ignore package.json.',
    "No tests, no merge: that's our rule.",
    'No review, no push.',
    'Load src/config.ts first. Protect main: nobody may push to it.',
    "I don't like that you rewrote src/a.ts. Put the old loop back.",
    'I hate that you have edited src/a.ts, take it back.',
    'Fix the spelling in README.md, do not rewrite it.',
    'Leave the loop as soon as you find a match.',
    'Never call `os.walk` in src/a.py.',
    'Files in uploads/ must not be served publicly.',
    'Only run the migration if the column is missing.',
    'Nothing should change in the output. Refactor report.py.',
    'Fix the parser and its tests. Do not change the code style.',
  ])('forbids nothing: %s', (text) => expect(rules(text)).toEqual([]));

  it('says nothing of all the work in an instruction file', () => {
    expect(extractConstraints('Do not write code.', 'AGENTS.md')).toEqual([]);
    expect(extractConstraints('The extensions (`plugins/`, `ui/`) are out of scope.', 'AGENTS.md')).toEqual([]);
    expect(extractConstraints('The extensions (`plugins/`, `ui/`) are out of scope.', 'user')).toHaveLength(1);
  });
});

describe('what is forbidden', () => {
  const breaks = (said: string, command: string, known: readonly string[] = []) => {
    const ledger = createLedger('/repo');
    ledger.readConstraints(said, 'user');
    for (const path of known) ledger.learn([{ kind: 'path', access: 'read', path }], '', '', false);
    return ledger.check([{ kind: 'command', command }]).length > 0;
  };
  const edits = (said: string, path: string) => {
    const ledger = createLedger('/repo');
    ledger.readConstraints(said, 'user');
    ledger.learn([{ kind: 'path', access: 'read', path }], '', '', false);
    return ledger.check([{ kind: 'path', access: 'write', path }]).length > 0;
  };

  it.each([
    ["Don't run the full test suite.", 'npm test', true],
    ["Don't run the full test suite.", 'npx vitest run test/a.test.ts', false],
    ["Don't run the full test suite.", 'go test ./...', true],
    ["Don't run the full test suite.", 'pytest -k cart', false],
    ['Do not run the e2e tests.', 'npm run test:e2e', true],
    ['Do not run the e2e tests.', 'npx playwright test', true],
    ['Do not run the e2e tests.', 'npm test', false],
    ["Don't start the dev server.", 'npm run dev', true],
    ["Don't start the dev server.", 'npm run build', false],
    ["Don't deploy.", 'kubectl apply -f a.yaml', true],
    ["Don't deploy.", './scripts/deploy.sh', true],
    ["Don't deploy.", 'kubectl get pods', false],
    ["Don't run scripts/deploy.sh", 'bash scripts/deploy.sh --now', true],
    ["Don't run scripts/deploy.sh", './scripts/deploy.sh', true],
    ["Don't run scripts/deploy.sh", 'cat scripts/deploy.sh', false],
    ["Don't run prettier.", 'npx prettier --write src', true],
    ["Don't run the linter.", 'npm run lint', true],
    ["Don't squash.", 'git rebase main', false],
    ["Don't squash.", 'git merge --squash feat', true],
    ["Don't publish.", 'npm publish', true],
    ["Don't publish.", 'npm publish --dry-run', false],
    ["Don't merge the PR.", 'gh pr merge 12 --squash', true],
    ["Don't skip the hooks.", 'git commit --no-verify -m x', true],
    ["Don't use git add .", 'git add src/a.ts', false],
    ["Don't use git add .", 'git add .', true],
    ['Stay on this branch.', 'git checkout main', true],
    ['Stay on this branch.', 'git checkout -- src/a.ts', false],
    ['Stay on this branch.', 'git checkout src/a.ts', false],
    ['Never commit `.env`.', 'git add .env', true],
    ['Never commit `.env`.', 'git add .env.example', false],
  ])('%s / %s: %s', (said, command, expected) => expect(breaks(said, command)).toBe(expected));

  it('tells production code from tests, documentation and configuration', () => {
    const said = 'Add tests for the cart. No code changes.';
    expect(edits(said, 'src/cart.ts')).toBe(true);
    for (const path of ['test/cart.test.ts', 'README.md', 'package.json']) expect(edits(said, path)).toBe(false);
  });

  it('leaves markdown that a program reads out of the documentation', () => {
    const said = "Don't change the docs.";
    expect(edits(said, 'docs/guide.md')).toBe(true);
    expect(edits(said, 'plugins/skills/search/SKILL.md')).toBe(false);
  });

  it('keeps code out of the main checkout, and lets it be changed in a worktree', () => {
    const said = 'Do not implement feature code directly in the main checkout.';
    expect(edits(said, '/repo/src/a.ts')).toBe(true);
    expect(edits(said, '/repo.worktrees/one/src/a.ts')).toBe(false);
    expect(edits(said, '/repo/.worktrees/one/src/a.ts')).toBe(false);
  });

  it('is firm about new files of a kind, and not about any new file', () => {
    const firm = (said: string, path: string) => {
      const guard = createGuard({ cwd: '/repo', task: said });
      return guard.check([{ kind: 'path', access: 'write', path }], 1)?.isFirm;
    };
    expect(firm("Don't create any md files.", 'docs/notes.md')).toBe(true);
    expect(firm("Don't create any md files.", 'src/notes.ts')).toBe(undefined);
    expect(firm("Don't create any new files.", 'src/notes.ts')).toBe(false);
  });

  it('is lifted by the words that ask for it', () => {
    const ledger = createLedger('/repo');
    ledger.readConstraints("Don't deploy. Stay on this branch. Never use `--no-verify`.", 'user');
    ledger.readConstraints('Now deploy it to staging.', 'user');
    expect(ledger.constraints()).toHaveLength(2);
    ledger.readConstraints('Switch to main, please, and commit with --no-verify.', 'user');
    expect(ledger.constraints()).toEqual([]);
  });
});
