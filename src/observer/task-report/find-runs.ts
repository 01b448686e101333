import type { Evidence } from '../../core/run/task-report.ts';
import type { Requirement } from './requirement.ts';
import type { CommandRun, TurnRecord } from './turn-record.ts';

/** What the commands of a task show of a requirement: checks, git and forges, a program that it names. */
export function findRuns(requirement: Requirement, record: TurnRecord): Evidence[] {
  return [
    ...findChecks(requirement, record),
    ...findGit(requirement, record),
    ...findNamedProgram(requirement, record),
  ];
}

const checkWords: Readonly<Record<NonNullable<Requirement['check']>, RegExp>> = {
  test: /(?:^|[^a-z])(?:tests?|specs?|pytest|jest|vitest|mocha|rspec|phpunit|ctest|tox|check)(?:[^a-z]|$)/i,
  lint: /(?:^|[^a-z])(?:lint|eslint|ruff|flake8|pylint|biome|clippy|golangci-lint|vet)(?:[^a-z]|$)/i,
  types: /(?:^|[^a-z])(?:tsc|mypy|pyright|type-?check|types)(?:[^a-z]|$)/i,
  build: /(?:^|[^a-z])(?:build|compile|tsc|make)(?:[^a-z]|$)/i,
  format: /(?:^|[^a-z])(?:fmt|format|prettier|gofmt|black)(?:[^a-z]|$)/i,
};

/** The last run of each command or check that it asks for. */
function findChecks({ commands, check }: Requirement, record: TurnRecord): Evidence[] {
  const named = commands.flatMap(
    (command) => record.commands.findLast(({ line }) => holdsCommand(line, command)) ?? [],
  );
  const runs =
    named.length > 0 || commands.length > 0 || check === undefined
      ? named
      : [record.commands.findLast((run) => run.check !== undefined && checkWords[check].test(run.line))].flatMap(
          (run) => run ?? [],
        );
  return [...new Set(runs)].map((run) => ({
    kind: 'check',
    command: short(run.line),
    result: resultOf(run),
    step: run.step,
    isBeforeLastChange: record.lastChange > run.step,
  }));
}

/** After a pipe or `; echo` the exit code is another command's, and a command in the background has none yet. */
const losesExitCode = /(?<!\|)\|(?!\|)|\|\|\s*(?:true|:|echo)(?:\s|$)|;\s*\S|&\s*$/;

function resultOf({ line, isError, check, isBackground, words }: CommandRun): 'passed' | 'failed' | 'unclear' {
  if (isBackground) return 'unclear';
  const commandCount = words.filter(
    ([program]) => !/^(?:cd|export|set|echo|tail|head|grep|cat)$/.test(program ?? 'cd'),
  ).length;
  // Of several commands in a line nobody knows which one failed.
  if (isError || check?.color === 'red') return commandCount > 1 ? 'unclear' : 'failed';
  return check?.color === 'green' || !losesExitCode.test(line) || line.includes('pipefail') ? 'passed' : 'unclear';
}

function holdsCommand(line: string, command: string): boolean {
  const bare = command.replace(/\s+/g, ' ').trim();
  const at = line.indexOf(bare);
  return at !== -1 && !/[\w:-]/.test(line[at + bare.length] ?? ' ') && !/[\w/-]/.test(line[at - 1] ?? ' ');
}

/** What is only looked at. */
const looking = /^(?:--?h(?:elp)?|--version|help|ls?|list|status|show|info|capture|logs?|ps|view|search)$/;
const operating =
  /^(?:re-?)?(?:run|start|stop|kill|close|open|remove|delete|clear|clean(?: up)?|spawn|trigger|update|install|use|create|make|set(?: up)?|compile|generate|build|encrypt|compress|convert|deploy)\b/i;

/** "Remove this tmux session": the program that does it is named among the words, and was run for more than a look. */
function findNamedProgram({ text, commands, git, check, files }: Requirement, record: TurnRecord): Evidence[] {
  if (commands.length > 0 || git !== undefined || check !== undefined || files.length > 0 || !operating.test(text))
    return [];
  const said = new Set(
    text
      .toLowerCase()
      .match(/[a-z][\w-]{3,}/g)
      ?.slice(1),
  );
  const runs = record.commands.filter(({ words: [first = [], ...rest] }) => {
    const [program = '', verb = ''] = first;
    return (
      rest.length === 0 &&
      said.has(program) &&
      !plainWords.has(program) &&
      verb !== '' &&
      !first.some((word) => looking.test(word))
    );
  });
  const run = runs.at(-1);
  if (run === undefined) return [];
  const result = resultOf(run);
  return [{ kind: 'check', command: short(run.line), result, step: run.step, isBeforeLastChange: false }];
}

/** Programs that are words of every day. */
const plainWords = new Set(
  'make test find sort time file node list watch task just head tail date split join type which kill open clear more less touch move copy'.split(
    ' ',
  ),
);

/** "Run test_imports.py": its files are run, not changed. */
export function isRun({ text }: Requirement): boolean {
  return /^(?:re-?)?(?:run|execute|start|launch|call|use|test|compile|open)\b|\bby running\b/i.test(text);
}

const removers = /^(?:rm|rmdir|shred|unlink|trash)$/;
const removing = /\b(?:delete|remove|clean|clear|wipe|shred|purge|drop|erase)\b/i;
/** Programs that change nothing. */
const readers =
  /^(?:cat|ls|head|tail|less|more|grep|rg|egrep|find|fd|stat|file|wc|which|type|echo|printf|test|\[|cd|pwd|tree|diff|cmp|du|df|env|sleep|true|false|jq|sort|uniq|cut|awk|history|man)$/;

/**
 * A command that was more than a look and names what the requirement names, a path or a text in quotes: the last where it asks for a run, else
 * the first.
 */
export function findMentionEvidence(
  requirement: Requirement,
  others: readonly Requirement[],
  record: TurnRecord,
): Evidence[] {
  const handles = [...requirement.files, ...requirement.names]
    .map((name) => name.replace(/\/$/, ''))
    .filter((name) => name.length >= 5 && /[/.]|\w[-_ ]\w|[a-z][A-Z]/.test(name))
    .filter((name) => !others.some(({ files, names }) => files.includes(name) || names.includes(name)));
  const mentions = (words: readonly string[]) => {
    const [program = '', ...rest] = words;
    if (readers.test(program) || (program === 'sed' && !rest.some((word) => word.startsWith('-i')))) return false;
    if (removers.test(program) && !removing.test(requirement.text)) return false;
    return handles.some((handle) => words.some((word) => holds(word, handle)));
  };
  const runs = record.commands.filter(({ words }) => words.some(mentions));
  const last = runs.at(-1);
  if (isRun(requirement) && last !== undefined)
    return [
      { kind: 'check', command: short(last.line), result: resultOf(last), step: last.step, isBeforeLastChange: false },
    ];
  // What makes a thing comes before what uses it.
  const first = runs.find(({ isError }) => !isError);
  return first === undefined ? [] : [{ kind: 'command', command: short(first.line), step: first.step }];
}

/** As a whole, or as the end of a path. */
function holds(word: string, handle: string): boolean {
  const at = word.indexOf(handle);
  return at !== -1 && !/[\w-]/.test(word[at - 1] ?? ' ') && !/[\w-]/.test(word[at + handle.length] ?? ' ');
}

/** The last command that did it, or, when none could, the last that failed. */
function findGit({ git }: Requirement, record: TurnRecord): Evidence[] {
  if (git === undefined) return [];
  const runs = record.commands.filter(({ words }) => words.some(git.isDoneBy));
  const run = runs.findLast(({ isError }) => !isError) ?? runs.at(-1);
  if (run === undefined) return [];
  const command = short(run.words.find(git.isDoneBy)?.join(' ') ?? '');
  if (!run.isError) return [{ kind: 'command', command, step: run.step }];
  // Of several commands in a line nobody knows which one failed.
  return run.words.length > 1
    ? []
    : [{ kind: 'check', command, result: 'failed', step: run.step, isBeforeLastChange: false }];
}

function short(line: string): string {
  const bare = line
    .replace(/^(?:cd\s+\S+\s*(?:&&|;)\s*)+/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return bare.length > 60 ? `${bare.slice(0, 59)}…` : bare;
}
