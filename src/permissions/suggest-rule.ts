import { programName, type SimpleCommand } from '../core/shell/read-script.ts';
import { withoutWrappers } from './plain-effects.ts';

const withSubcommand = new Set(
  'git npm pnpm yarn bun cargo go kubectl helm terraform just gh glab uv poetry pip pip3 pipenv mix dotnet gradle mvn bundle rake rails composer brew apt apt-get systemctl deno tox nox pre-commit'.split(
    ' ',
  ),
);
const withScript = new Set([
  'npm run',
  'pnpm run',
  'yarn run',
  'bun run',
  'docker compose',
  'go mod',
  'gh pr',
  'gh issue',
  'gh run',
]);
/** Programs that run whatever their arguments say: only the very command is offered. */
const runsAnything = new Set(
  'sh bash zsh dash fish sudo doas su eval exec source . env xargs python python3 node ruby perl php deno rm rmdir cp mv install truncate shred unlink dd mkfs chmod chown kill pkill killall curl wget ssh scp nc ncat socat osascript find sed awk gawk mawk tar rsync tee ln vim vi ed ex gdb make ninja php lua tclsh Rscript java sqlite3 psql mysql docker podman nix-shell parallel watch timeout nice nohup setsid time flock stdbuf strace ssh-agent script busybox npx bunx pnpx uvx pipx'.split(
    ' ',
  ),
);

/** Subcommands that run what they are given, change what later commands run, or with another argument throw work away. */
const exactOnly = new Set([
  ...'push reset clean checkout restore switch rebase branch tag stash remote rm config submodule worktree update-ref filter-branch'
    .split(' ')
    .map((verb) => `git ${verb}`),
  'npm publish',
  'gh api',
  'gh repo',
  'gh release',
  'gh secret',
  'kubectl delete',
  'terraform apply',
  'terraform destroy',
  'npm exec',
  'npm config',
  'pnpm exec',
  'pnpm dlx',
  'yarn dlx',
  'yarn exec',
  'uv run',
  'poetry run',
  'bundle exec',
  'go run',
  'go generate',
  'cargo run',
  'kubectl exec',
  'deno run',
  'deno eval',
  'bun x',
  'mix run',
]);

const interpreters =
  /^(sh|bash|zsh|dash|ksh|fish|python\d*(\.\d+)?|node|nodejs|ruby|perl|php|deno|bun|lua|tclsh|Rscript|osascript)$/;

/** An interpreter that takes its program from its input or from an argument: the same words may run anything the next time. */
function hidesItsProgram(name: string, args: readonly string[]): boolean {
  if (!interpreters.test(name)) return false;
  if (args.some((arg) => /^-[a-zA-Z]*[ceEpr]$|^--(eval|print|command|exec)(=|$)|^eval$/.test(arg))) return true;
  const operand = args.find((arg) => arg === '-' || !arg.startsWith('-'));
  return operand === undefined || operand === '-' || operand === '/dev/stdin';
}

/**
 * Whether the same words act on other files in another folder: a rule for the very command is for the folder of the session, but for the
 * scripts of a package, which people name so wherever they are.
 */
export function meansItsFolder({ words }: SimpleCommand): boolean {
  const [first, ...rest] = withoutWrappers([
    programName(words[0]?.value ?? ''),
    ...words.slice(1).map(({ value }) => value),
  ]);
  const runsScript = /^(npm|pnpm|yarn|bun|make|just|cargo|go|mvn|gradle|pytest|jest|vitest|tsc|eslint|biome)$/;
  return !runsScript.test(programName(first ?? '')) && !rest.every((word) => /^[/~]/.test(word));
}

/**
 * The rule to offer when a command is asked: its program and subcommand with any arguments, or the very command for programs that can do
 * anything; none when the very command can't be put into a rule (a `*` or a blank in a word would make it cover others), or when it is run
 * in another folder than `cwd`, in which it would not hold.
 */
export function suggestRule(command: SimpleCommand, cwd: string): string | undefined {
  const rule = ruleFor(command);
  return rule?.endsWith(':*)') || command.folder === cwd || !meansItsFolder(command) ? rule : undefined;
}

function ruleFor(command: SimpleCommand): string | undefined {
  const values = command.words.map(({ value }) => value);
  if (values.length === 0 || command.assigned.length > 0 || command.words.some(({ isKnown }) => !isKnown))
    return undefined;
  if (values.some((value) => /[()\n]/.test(value))) return undefined;
  const name = programName(values[0]!);
  const very = values.some((value) => value === '' || /[\s*]/.test(value))
    ? undefined
    : `shell(${[name, ...values.slice(1)].join(' ')})`;
  if (hidesItsProgram(name, values.slice(1))) return undefined;
  const [, second, third] = values;
  if (name.includes('/') || runsAnything.has(name) || exactOnly.has(`${name} ${second}`)) return very;
  if (second !== undefined && withScript.has(`${name} ${second}`) && third !== undefined && !third.startsWith('-'))
    return `shell(${name} ${second} ${third}:*)`;
  if (withSubcommand.has(name))
    return second !== undefined && !second.startsWith('-') && !/[\s*]/.test(second)
      ? `shell(${name} ${second}:*)`
      : very;
  return `shell(${name}:*)`;
}
