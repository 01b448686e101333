import { programWords, readGitCommand } from './program-words.ts';
import type { SimpleCommand } from './simple-commands.ts';

/**
 * What a shell line does as a whole: `change` writes files or state, `test` runs a check, `wait` waits for or looks at
 * something that runs, `inspect` only reads, `nothing` has no effect at all, `run` is everything else.
 */
export type ShellKind = 'change' | 'test' | 'wait' | 'inspect' | 'nothing' | 'run';

const inspectors = set(
  'ls cat head tail less more grep egrep fgrep rg ag find fd which type whereis file stat wc pwd echo printf tree du df env printenv date whoami id hostname uname diff cmp comm nl xxd hexdump od strings jq sort uniq cut tr column awk gawk basename dirname realpath readlink test [ [[ man ldd nm objdump readelf md5sum sha1sum sha256sum cksum free nproc lscpu ps pgrep top lsof netstat ss ip ifconfig groups getent locale command history seq true',
);
const waiters = set('sleep wait jobs watch');
const nothings = set(': true');
const changers = set(
  'rm mv cp ln mkdir rmdir touch chmod chown tee dd install patch truncate rsync unzip tar gunzip gzip git-apply kill pkill killall crontab useradd usermod systemctl service apt apt-get yum dnf apk brew export source .',
);
const gitReaders = set(
  'status diff log show ls-files branch blame grep rev-parse describe remote config shortlog reflog cat-file ls-tree rev-list name-rev whatchanged tag',
);
const packageManagers = set('pip pip3 npm pnpm yarn poetry uv conda gem cargo go bundle composer');
const packageReaders = set('list show freeze ls info view outdated check search help version --version -v config');
const testPrograms = set(
  'pytest py.test tox nosetests nose2 jest vitest mocha ava rspec phpunit ctest bats karma cypress playwright tsc eslint mypy ruff flake8 pylint biome runtests.py runtests',
);
const runners = set(
  'python python2 python3 node ruby perl php bash sh zsh java deno bun npx uv poetry pipenv hatch pdm',
);
const testWord = /(?:^|[/_.\- ])(?:tests?|specs?|runtests|check|lint|typecheck|verify|repro(?:duce)?)(?:[/_.\-:: ]|$)/i;

function set(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

const rank: Readonly<Record<ShellKind, number>> = { nothing: 0, inspect: 1, wait: 2, run: 3, test: 4, change: 5 };

/** The strongest kind among the simple commands of a line; a pipe of readers only reads. */
export function strongestKind(commands: readonly SimpleCommand[]): ShellKind {
  let strongest: ShellKind = 'nothing';
  for (const command of commands) {
    const kind = kindOfCommand(command);
    if (rank[kind] > rank[strongest]) strongest = kind;
  }
  return strongest;
}

/**
 * An option whose name has several words says nothing of what the command does, whatever one of them means: `--disable-pip-version-check`,
 * `--no-build-isolation`, `-Dmaven.test.skip=true`. `--check` and `--test` do.
 */
export function hasSeveralWords(option: string): boolean {
  return option.startsWith('-') && !/^-+\w*(?:=|$)/.test(option);
}

/** The kind of one simple command. */
export function kindOfCommand(command: SimpleCommand): ShellKind {
  if (command.writes.length > 0) return 'change';
  const words = programWords(command.words);
  const program = words[0]?.replace(/^.*\//, '') ?? '';
  if (program === '' || program === 'cd' || nothings.has(program)) return 'nothing';
  if (waiters.has(program)) return 'wait';
  if (program === 'git') return kindOfGit(words);
  if (program === 'sed' || program === 'perl')
    return words.some((word) => /^-[a-zA-Z]*i/.test(word)) ? 'change' : program === 'sed' ? 'inspect' : 'run';
  if (program === 'find') return words.includes('-delete') || words.includes('-exec') ? 'run' : 'inspect';
  if (changers.has(program)) return 'change';
  if (testPrograms.has(program)) return 'test';
  if (inspectors.has(program)) return 'inspect';
  const plain = words.filter((word) => !hasSeveralWords(word));
  if (packageManagers.has(program)) return kindOfPackageManager(plain);
  if (program === 'make' || program === 'mvn' || program === 'gradle' || program === 'gradlew')
    return plain.some((word) => testWord.test(word)) ? 'test' : 'run';
  if (runners.has(program))
    return plain.slice(1).some((word) => word.length < 200 && (testWord.test(word) || testPrograms.has(word)))
      ? 'test'
      : 'run';
  return testWord.test(program) ? 'test' : 'run';
}

function kindOfGit(words: readonly string[]): ShellKind {
  const git = readGitCommand(words);
  if (git === undefined) return 'inspect';
  if (git.verb === 'stash') return words.includes('list') || words.includes('show') ? 'inspect' : 'change';
  return gitReaders.has(git.verb) ? 'inspect' : 'change';
}

function kindOfPackageManager(words: readonly string[]): ShellKind {
  const verb = words[1] ?? '';
  if (packageReaders.has(verb)) return 'inspect';
  if (verb === 'test' || verb === 't' || words.slice(1).some((word) => testWord.test(word))) return 'test';
  return /^(?:install|i|add|ci|remove|uninstall|update|upgrade|get|mod)$/.test(verb) ? 'change' : 'run';
}
