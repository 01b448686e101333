import type { ConstraintRule, GitVerb } from './constraint.ts';
import { isInFileSet } from './files.ts';

type GitRule = Extract<ConstraintRule, { readonly type: 'no-git' }>;
type CommandRule = Extract<ConstraintRule, { readonly type: 'no-command' }>;

/** Whether the words of a command are what a rule about git forbids. */
export function isForbiddenGit(words: readonly string[], rule: GitRule): boolean {
  const git = readGit(words);
  if (git === undefined || !rule.verbs.some((verb) => isVerb(verb, git))) return false;
  if (rule.branch !== undefined) return namesBranch(git.rest, rule.branch);
  const { files } = rule;
  if (files !== undefined) return git.rest.some((word) => !word.startsWith('-') && isInFileSet(word, files));
  return true;
}

type Git = { readonly verb: string; readonly rest: readonly string[] };

/** The verb of a git command and what follows it, without the options before the verb (`-C folder`, `-c key=value`). */
function readGit(words: readonly string[]): Git | undefined {
  if (words[0]?.replace(/^.*\//, '') !== 'git') return undefined;
  const at = words.findIndex(
    (word, place) => place > 0 && !word.startsWith('-') && words[place - 1] !== '-C' && words[place - 1] !== '-c',
  );
  return at === -1 ? undefined : { verb: words[at]!, rest: words.slice(at + 1) };
}

function isVerb(wanted: GitVerb, { verb, rest }: Git): boolean {
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
    case 'rebase':
    case 'merge':
    case 'reset':
    case 'cherry-pick':
      return verb === wanted;
    default:
      return wanted satisfies never;
  }
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

const testing =
  /^(?:(?:npx|bunx|pnpm exec|yarn|poetry run|uv run|python[\d.]* -m) )?(?:pytest|py\.test|jest|vitest|mocha|ava|rspec|phpunit|ctest|tox|nosetests|playwright test|cypress run)\b|^(?:npm|pnpm|yarn|bun|cargo|go|make|mvn|gradle|\.\/gradlew|mise|just|task|rake|deno)(?: run)? (?:[\w-]+:)?test\b|^npm t$/i;

/** Whether the words of a command begin with what a rule forbids. */
export function isForbiddenCommand(words: readonly string[], rule: CommandRule): boolean {
  const plain = withoutGitFolder(words);
  const line = plain.join(' ').slice(0, 2000);
  if (rule.kind === 'tests') return testing.test(line);
  if (rule.kind === 'migrations') return rule.commands.some((command) => ` ${line} `.includes(` ${command} `));
  return rule.commands.some((command) => line === command || line.startsWith(`${command} `));
}

function withoutGitFolder(words: readonly string[]): readonly string[] {
  const program = words[0]?.replace(/^.*\//, '') ?? '';
  const git = readGit(words);
  return git === undefined ? [program, ...words.slice(1)] : ['git', git.verb, ...git.rest];
}
