import type { CommandKind, ConstraintRule } from '../constraint.ts';

const programs =
  'grep|find|npm|npx|pnpm|yarn|bun|git|make|docker|docker-compose|kubectl|terraform|sudo|rm|cargo|pip|pip3|pytest|curl|wget|brew|apt|apt-get|sed|gh|helm|rsync|ssh|psql|mysql|go|mvn|gradle|alembic|rails|rake|prettier|eslint|biome|ruff|black|isort|flake8|mypy|tsc|gofmt|rustfmt|golangci-lint|clang-format|docker compose|python|python3|node|systemctl|killall|kill|scp|chmod|chown|aws|gcloud|az|flyctl|wrangler|vercel|netlify|firebase|poetry|uv|conda|tox|nox|bazel|cmake|ninja|composer|php|artisan|dotnet|bundle|deno|nix|mise|sqlite3|mongo|redis-cli|pnpx|bunx|tmux|vitest|jest|playwright|cypress|webpack|vite';
const quotedCommand = /^[`"']([\w./][\w./-]*(?: [\w./:@=*+-]+)*)[`"']$/;
const programWord = new RegExp(
  `^(?:${programs})(?: (?!(?:to|for|in|on|with|as|from|when|at|by|the|a|it|this|that|if|unless|inside|outside)\\b)[\\w:.@/*-]+){0,4}$`,
  'i',
);
/** A script by its path, or by its name and ending. */
const script = /^(?:\.{0,2}\/)?(?:[\w.-]+\/)+[\w.-]+$|^(?:\.\/)?[\w-]+\.(?:sh|bash|py|js|mjs|ts|rb|pl|php|ps1)$/;
const kinds: readonly (readonly [RegExp, CommandKind])[] = [
  [/^(?:the |any |my |our |unit )*(?:tests?|specs)$/i, 'tests'],
  [
    /^(?:the |all |my |our )*(?:unit |whole |full |entire |complete )*(?:tests?|test suites?|suites?|specs)$/i,
    'whole test suite',
  ],
  [
    /^(?:the |any |all |those |these )?(?:database |db )?migrations?(?: (?:on|against|in) (?:the |any |our |my )?(?:\w+ )?(?:db|database|server|production|prod))?$/i,
    'migrations',
  ],
  [
    /^(?:the |a |any |my |another |new )*(?:(?:dev|development|local|web|app|backend|frontend|api) ?)*(?:servers?|app)(?: (?:or|and) (?:any )?(?:watchers?|processes|services))?$/i,
    'servers',
  ],
  [/^(?:the |a |any )?(?:full |production |prod )?builds?(?: scripts?)?$/i, 'builds'],
  [/^(?:the |a |any |our |my )*(?:deploy(?:ment)?|release) (?:scripts?|jobs?|commands?|targets?)$/i, 'deployment'],
  [/^(?:the |a |any )?(?:linters?|linting|formatters?|lint|lint checks?)$/i, 'linters'],
];
/** Tests of a kind are run by many commands, which have its name in them. */
const someTests =
  /^(?:the |any |all )*(e2e(?=$| )|end.to.end|integration|browser|playwright|cypress|smoke|performance|load)(?:(?<=e2e)$| (?:tests?|test suites?|suites?|specs)$)/i;
const migrating = ['migrate', 'migration:run', 'alembic upgrade', 'db:migrate', 'migrate:latest'];

/** Work that a verb names by itself: "don't deploy", "don't publish anything to npm". */
const works: readonly (readonly [RegExp, CommandKind])[] = [
  [
    /^deploy(?:ing)?(?: (?:anything|it|this|that|any of (?:it|this)|(?:the )?(?:app|site|changes?|code)))?(?: to [\w ]{2,30})?$/i,
    'deployment',
  ],
  [
    /^publish(?:ing)?(?: (?:anything|it|this|that|(?:the |any )?(?:packages?|releases?|changes?)))?(?: to [\w ]{2,30})?$/i,
    'publishing',
  ],
  [/^build(?:ing)?(?: (?:it|the (?:app|project|code)))?$/i, 'builds'],
];

const option =
  /^(?:the )?[`"']?(--[a-z][\w-]*)[`"']?(?: (?:flag|option|switch))?(?: (?:when|for|on|with|in) (?:any |all |the |git )*(?:commit\w*|push\w*|git))?$/i;
const upgrading = [
  ...['npm update', 'npm upgrade', 'yarn upgrade', 'yarn up', 'pnpm update', 'pnpm up', 'bun update', 'cargo update'],
  ...['bundle update', 'composer update', 'poetry update', 'go get -u', 'pip install -U', 'pip install --upgrade'],
];

/** Newer versions of what is there. */
export function noUpgrades(): ConstraintRule {
  return { type: 'no-command', commands: upgrading };
}

/** Another version of a package that is named. */
export function noUpgradeOf(name: string): ConstraintRule {
  const starts = [
    'npm install',
    'npm i',
    'npm update',
    'pnpm add',
    'pnpm update',
    'pnpm up',
    'yarn add',
    'yarn upgrade',
    'yarn up',
    'bun add',
    'bun update',
  ];
  const others = [
    'pip install -U',
    'pip install --upgrade',
    'poetry update',
    'poetry add',
    'uv add',
    'cargo update -p',
    'cargo add',
    'bundle update',
    'go get -u',
  ];
  return { type: 'no-command', commands: [...starts, ...others].map((start) => `${start} ${name}`) };
}

/** What a verb that stands for work of its own forbids; undefined when it isn't one, or names more than was understood. */
export function readKindOfWork(words: string): ConstraintRule | undefined {
  const kind = works.find(([pattern]) => pattern.test(words))?.[1];
  return kind === undefined ? undefined : { type: 'no-command', commands: [], kind };
}

/** Commands in backticks or quotes, programs that people name without them, and work of a kind; nothing else may be there. */
export function readCommand(object: string): ConstraintRule | undefined {
  const kind = kinds.find(([pattern]) => pattern.test(object))?.[1];
  if (kind !== undefined) return { type: 'no-command', commands: kind === 'migrations' ? migrating : [], kind };
  const given = option.exec(object)?.[1];
  if (given !== undefined) return { type: 'no-command', commands: [given] };
  const part = someTests.exec(object)?.[1];
  if (part !== undefined)
    return { type: 'no-command', commands: [/^end/i.test(part) ? 'e2e' : part.toLowerCase()], kind: 'tests' };
  const commands: string[] = [];
  // "or anything like it" widens what was named and takes nothing of it back.
  const list = object
    .replace(/^(?:any )?(?:[\w-]+ )?commands? (?:like|such as) /i, '')
    .replace(/^(?:the |any |my |our )?(?:[\w-]+ ){0,2}script \(([^()]+)\)$/i, '$1')
    .replace(/,?\s+(?:or|and)\s+(?:any(?:thing)?|other|similar)\b.*$/i, '')
    .replace(/\s+(?:on|for|in|against) any(?:thing| \w+)?$/i, '');
  for (const each of list.split(/\s*,\s*(?:(?:and|or|nor)\s+)?|\s+(?:and|or|nor)\s+/i)) {
    const bare = each
      .replace(/^(?:the )?(?:command|commands)\s+/i, '')
      .replace(/^(?:the |any |my |our )?(?:[\w-]+ ){0,2}scripts?\s+(?=[`"']?[\w.-]*[./])/i, '')
      .replace(/^(?:the|any|all|more|further)\s+(?=[`"']|\S+ (?:commands?|operations?)$)/i, '')
      .replace(/\s+(?:commands?|operations?|anything)$/i, '')
      .replace(/^(git worktree|git submodule)s$/i, '$1');
    const command = quotedCommand.exec(bare)?.[1] ?? bare;
    // A quoted line of several words is a command, whatever its program.
    const isLine = command !== bare && /^[a-z][\w-]* [a-z-]/.test(command);
    if (!isLine && !programWord.test(command) && !script.test(command)) return undefined;
    commands.push(command.toLowerCase() === command ? command : command.replace(/^\w+/, (word) => word.toLowerCase()));
  }
  return { type: 'no-command', commands };
}
