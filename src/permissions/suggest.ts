import type { Part } from './part.ts';
import { programName } from './words.ts';

const withSubcommand = new Set(
  'git npm pnpm yarn bun cargo go docker podman kubectl helm terraform make just gh glab uv poetry pip pip3 pipenv mix dotnet gradle mvn bundle rake rails composer brew apt apt-get systemctl npx deno tox nox pre-commit'.split(
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
  'uv run',
  'poetry run',
  'bundle exec',
  'python -m',
  'python3 -m',
  'gh pr',
  'gh issue',
  'gh run',
]);
/** Programs that run whatever their arguments say: only the very command is offered. */
const runsAnything = new Set(
  'sh bash zsh dash fish sudo doas su eval exec source . env xargs python python3 node ruby perl php deno rm dd mkfs chmod chown kill pkill killall curl wget ssh scp nc ncat socat osascript'.split(
    ' ',
  ),
);

/** The rule to offer when a command is asked: its program and subcommand with any arguments, or the very command for programs that can do anything. */
export function suggestRule(part: Part): string | undefined {
  if (part.words.some((word) => !word.isKnown) && part.words.slice(0, 3).some((word) => !word.isKnown))
    return undefined;
  const values = part.words.map((word) => word.value);
  if (values.some((value) => /[()\n]/.test(value)) || values.length === 0) return undefined;
  const name = programName(values[0]!);
  const [, second, third] = values;
  if (second !== undefined && withScript.has(`${name} ${second}`) && third !== undefined && !third.startsWith('-'))
    return `shell(${name} ${second} ${third}:*)`;
  if (runsAnything.has(name)) return `shell(${[name, ...values.slice(1)].join(' ')})`;
  if (withSubcommand.has(name) && second !== undefined && !second.startsWith('-')) return `shell(${name} ${second}:*)`;
  if (withSubcommand.has(name) && second !== undefined) return `shell(${[name, ...values.slice(1)].join(' ')})`;
  return `shell(${name}:*)`;
}
