import { type GitCommand, readGitCommand } from '../../shell/program-words.ts';
import type { CommandKind, ConstraintRule, GitVerb } from '../constraint.ts';
import { isInFileSet } from './file-sets.ts';

type GitRule = Extract<ConstraintRule, { readonly type: 'no-git' }>;
type CommandRule = Extract<ConstraintRule, { readonly type: 'no-command' }>;

/** Whether the words of a command are what a rule about git forbids. */
export function isForbiddenGit(words: readonly string[], rule: GitRule): boolean {
  const line = words.slice(0, 12).join(' ');
  if (/^gh pr merge\b/.test(line) && rule.branch === undefined)
    return rule.verbs.includes('merge') || (rule.verbs.includes('squash') && / (?:--squash|-s)\b/.test(line));
  const git = readGitCommand(words);
  const { files } = rule;
  // What must not be committed is not staged either.
  const verbs: readonly GitVerb[] = files === undefined ? rule.verbs : [...rule.verbs, 'stage'];
  if (git === undefined || !verbs.some((verb) => isVerb(verb, git))) return false;
  if (rule.branch !== undefined) return namesBranch(git.rest, rule.branch);
  if (files !== undefined) return git.rest.some((word) => !word.startsWith('-') && isInFileSet(word, files));
  return true;
}

function isVerb(wanted: GitVerb, { verb, rest }: GitCommand): boolean {
  const isDry = rest.includes('--dry-run') || rest.includes('--abort') || rest.includes('-n');
  if (isDry) return false;
  switch (wanted) {
    case 'amend':
      return verb === 'commit' && rest.includes('--amend');
    case 'force-push':
      return verb === 'push' && rest.some((word) => /^(?:-f|--force(?:-with-lease)?(?:=.*)?|\+.+)$/.test(word));
    case 'stage':
      return verb === 'add' || verb === 'stage';
    case 'branch':
      return isNewBranch(verb, rest);
    case 'stash':
      return verb === 'stash' && !/^(?:list|show)$/.test(rest[0] ?? '');
    case 'tag':
      return verb === 'tag' && rest.some((word) => !word.startsWith('-'));
    case 'commit':
      return verb === 'commit';
    case 'push':
      return verb === 'push';
    case 'squash':
      return (
        (verb === 'merge' && rest.includes('--squash')) ||
        (verb === 'rebase' && rest.some((word) => /^(?:-i|--interactive|--autosquash)$/.test(word)))
      );
    case 'switch':
      return isOtherBranch(verb, rest);
    case 'rebase':
    case 'merge':
    case 'reset':
    case 'cherry-pick':
      return verb === wanted;
    default:
      return wanted satisfies never;
  }
}

/** A checkout of a branch, as far as the words alone tell it from one of a file. */
function isOtherBranch(verb: string, rest: readonly string[]): boolean {
  if (verb === 'switch') return true;
  const named = rest.filter((word) => !word.startsWith('-'));
  return verb === 'checkout' && !rest.includes('--') && named.length === 1 && !/^\.|\.\w{1,5}$/.test(named[0]!);
}

function isNewBranch(verb: string, rest: readonly string[]): boolean {
  if (verb === 'checkout') return rest.includes('-b') || rest.includes('-B');
  if (verb === 'switch') return rest.includes('-c') || rest.includes('-C') || rest.includes('--create');
  return verb === 'branch' && rest[0] !== undefined && !rest[0].startsWith('-');
}

/** Only a branch that the command itself names is known for sure. */
function namesBranch(rest: readonly string[], branch: string): boolean {
  return rest.some(
    (word) =>
      word
        .replace(/^\+/, '')
        .replace(/^.*:/, '')
        .replace(/^refs\/heads\//, '') === branch,
  );
}

const runner =
  '(?:npm|pnpm|yarn|bun|deno|make|mise|just|task|rake|composer|gradle|\\./gradlew|mvn|cargo|poetry|uv|go|npx|bunx)';
const kinds: Readonly<Record<Exclude<CommandKind, 'whole test suite'>, RegExp>> = {
  tests:
    /^(?:(?:npx|bunx|pnpm exec|yarn|poetry run|uv run|python[\d.]* -m) )?(?:pytest|py\.test|jest|vitest|mocha|ava|rspec|phpunit|ctest|tox|nosetests|playwright test|cypress run)\b|^(?:npm|pnpm|yarn|bun|cargo|go|make|mvn|gradle|\.\/gradlew|mise|just|task|rake|deno)(?: run)? (?:[\w-]+:)?test\b|^npm t$/i,
  migrations: /(?:)/,
  servers: new RegExp(
    `^${runner}(?: run)? (?:dev|start|serve|develop|preview)(?::[\\w-]+)?$|^(?:npx |bunx )?(?:vite|next (?:dev|start)|nuxt dev|astro dev|ng serve|webpack serve|nodemon|http-server|serve)\\b(?! build)|^(?:flask run|rails (?:s|server)|uvicorn|gunicorn|hypercorn|php artisan serve|docker-? ?compose (?:up|restart)|systemctl (?:re)?start|pm2 (?:re)?start|docker restart|service \\S+ (?:re)?start)\\b|^python[\\d.]* (?:-m http\\.server|manage\\.py runserver)`,
    'i',
  ),
  linters: new RegExp(
    `^${runner}(?: run)? (?:[\\w-]+:)?(?:lint|format|fmt)(?::[\\w-]+)?\\b|^(?:npx |bunx |pnpm exec |yarn |poetry run |uv run |python[\\d.]* -m )?(?:eslint|biome|prettier|ruff|black|isort|flake8|pylint|golangci-lint|rubocop|stylelint|clippy)\\b|^(?:cargo (?:clippy|fmt)|go vet|gofmt)\\b`,
    'i',
  ),
  builds: new RegExp(
    `^${runner}(?: run)? (?:build|package|assemble|compile)(?::[\\w-]+)?\\b|^(?:npx |bunx )?(?:vite build|next build|webpack|rollup|tsup|esbuild|docker build)\\b|^make$`,
    'i',
  ),
  deployment: new RegExp(
    `^${runner}(?: run)? (?:[\\w-]+:)?deploy\\b|^(?:npx |bunx )?(?:vercel(?! (?:ls|list|logs|inspect|env|whoami|link|pull|dev)\\b)|netlify deploy|firebase deploy|wrangler (?:pages )?deploy|serverless deploy|sls deploy|cdk deploy|sst deploy|eas submit|fly deploy|flyctl deploy|gcloud (?:app|run|functions) deploy|heroku container:release|kubectl (?:apply|rollout restart)|helm (?:install|upgrade)|terraform apply|cap \\w+ deploy|ansible-playbook)\\b|^(?:bash |sh )?(?:\\./)?(?:[\\w.-]+/)*deploy[\\w-]*(?:\\.\\w+)?(?: |$)|^git push heroku\\b`,
    'i',
  ),
  publishing:
    /^(?:npm|pnpm|yarn|bun|cargo|poetry|uv|mvn|gradle|\.\/gradlew|dart pub|lerna|changeset|npx changeset|vsce|npx vsce)(?: run| npm)? (?:publish|deploy)\b|^(?:twine upload|gem push|docker push|gh release create|goreleaser release(?!.*--snapshot)|semantic-release|npx semantic-release)\b/i,
};
const runsScript = new RegExp(`^${runner} `, 'i');

/** Whether the words of a command begin with what a rule forbids, or are of the kind that it forbids. */
export function isForbiddenCommand(words: readonly string[], rule: CommandRule): boolean {
  const plain = withoutGitFolder(words);
  const line = plain.join(' ').slice(0, 2000);
  const { kind, commands } = rule;
  if (kind === undefined) return commands.some((command) => isOrBeginsWith(line, command) || runsFile(words, command));
  if (/(?:^| )--(?:help|version|dry-run)\b/.test(line)) return false;
  if (kind === 'migrations') return commands.some((command) => ` ${line} `.includes(` ${command} `));
  // "Don't run the test suite" leaves the run of one file or one test.
  if (kind === 'whole test suite') return kinds.tests.test(line) && !plain.slice(1).some(isSelection);
  if (commands.length === 0) return kinds[kind].test(line);
  return (kinds[kind].test(line) || runsScript.test(line)) && commands.some((word) => namesPart(line, word));
}

/** Whether a word of a run of tests picks some of them. */
function isSelection(word: string): boolean {
  return (
    /[/*]|\.\w{1,5}$|::|^-(?:k|t|m|run|e)$|^--(?:filter|grep|testNamePattern|related|findRelatedTests|package|changed)\b/.test(
      word,
    ) &&
    !/^(?:\.\.?\/?(?:\.\.\.)?|--.*config.*)$/.test(word) &&
    !/^\.\.?\/?[\w-]*$/.test(word)
  );
}

const launcher = /^(?:npx|bunx|pnpm (?:exec|dlx)|yarn(?: dlx)?|poetry run|uv run|python[\d.]* -m) (?:-[\w-]+ )*/;

/** A script, by itself or given to an interpreter. */
function runsFile(words: readonly string[], script: string): boolean {
  if (!/[./]/.test(script)) return false;
  const name = script.replace(/^\.\//, '');
  const isScript = (word: string | undefined) =>
    word !== undefined && (word.replace(/^\.\//, '') === name || word.endsWith(`/${name}`));
  if (isScript(words[0])) return true;
  const interpreter = /^(?:bash|sh|zsh|python[\d.]*|node|deno|bun|ruby|perl|php|tsx|ts-node)$/;
  const run = /^(?:npx|bunx)$/.test(words[0] ?? '') ? words.slice(1) : words;
  return interpreter.test(run[0]?.replace(/^.*\//, '') ?? '') && run.slice(1, 4).some(isScript);
}

/** An option is forbidden wherever it is. */
function isOrBeginsWith(line: string, command: string): boolean {
  if (command === '--no-verify' && /^git commit(?: .*)? -[a-z]*n/.test(line)) return true;
  if (command.startsWith('--')) return ` ${line} `.includes(` ${command} `) || line.includes(` ${command}=`);
  const bare = line.replace(launcher, '');
  const spelled = /^(?:npm|pnpm|bun) install\b/.test(command) ? [command, command.replace('install', 'i')] : [command];
  if (command === 'yarn install' && line === 'yarn') return true;
  return [line, bare].some((each) =>
    spelled.some((words) => each === words || each.startsWith(`${words} `) || each.startsWith(`${words}@`)),
  );
}

/** Whether a command is one for tests of a sort: "e2e" in `npm run test:e2e` and in `playwright test`. */
function namesPart(line: string, word: string): boolean {
  const isBrowser = /^(?:e2e|browser)$/.test(word) && /\b(?:playwright|cypress)\b/i.test(line);
  return isBrowser || new RegExp(`(?:^|[^a-z])${word}(?:$|[^a-z])`, 'i').test(line);
}

function withoutGitFolder(words: readonly string[]): readonly string[] {
  const program = words[0]?.replace(/^.*\//, '') ?? '';
  const git = readGitCommand(words);
  return git === undefined ? [program, ...words.slice(1)] : ['git', git.verb, ...git.rest];
}
