import { isObject } from '../core/text/json.ts';
import type { JsonObject } from '../core/types.ts';

/** The points of a session at which a hook can run, as Claude Code and Codex name them. */
export const hookEvents = [
  'PreToolUse',
  'PostToolUse',
  'UserPromptSubmit',
  'Stop',
  'SubagentStop',
  'PreCompact',
  'SessionStart',
  'SessionEnd',
  'Notification',
] as const;

export type HookEvent = (typeof hookEvents)[number];

/** Our first form: four keys, tools named as ours, answered by exit codes alone. */
export type PlainHook = {
  readonly match?: string | undefined;
  readonly command: string;
  readonly timeoutSeconds: number;
  readonly sandbox?: boolean | undefined;
};

/** Hooks for one matcher, in the common form. */
export type HookGroup = {
  readonly matcher?: string | undefined;
  readonly hooks: readonly {
    readonly type?: string | undefined;
    readonly command?: string | undefined;
    readonly timeout?: number | undefined;
    readonly async?: boolean | undefined;
    readonly sandbox?: boolean | undefined;
  }[];
};

export type HookSettings = {
  readonly sessionStart: readonly PlainHook[];
  readonly beforeTool: readonly PlainHook[];
  readonly afterTool: readonly PlainHook[];
  readonly sessionEnd: readonly PlainHook[];
} & { readonly [event in HookEvent]?: readonly HookGroup[] | undefined };

/** Who has set a hook. */
export type HookOwner = 'user' | 'repository';

/** The hooks of a file in the common form. */
export type HookFile = { readonly owner: HookOwner; readonly hooks: JsonObject };

/** One command at one point of a session. */
export type Hook = {
  readonly owner: HookOwner;
  readonly event: HookEvent;
  readonly command: string;
  readonly timeoutSeconds: number;
  /** Whether it is for a tool, a source, a trigger, by any of its names. */
  readonly matches: (names: readonly string[]) => boolean;
  /** `plain`: what our first form gave and took. */
  readonly form: 'common' | 'plain';
  /** Nobody waits for it. */
  readonly isAsync: boolean;
  /** Whether it runs in the sandbox, where the user says so: false only in their own configuration. */
  readonly sandbox: boolean | undefined;
};

const commonTimeoutSeconds = 60;

/** Whose the entry of a list of the configuration is, by the list's key and the entry's index in it. */
export type EntryOwner = (key: keyof HookSettings, index: number) => HookOwner;

/** All hooks of a configuration and of files in the common form, each command once for an event and matcher; `warn` gets what can't be used. */
export function listHooks(
  settings: HookSettings,
  ownerOf: EntryOwner,
  files: readonly HookFile[],
  warn: (message: string) => void,
): readonly Hook[] {
  const plain = plainKeys.flatMap(([key, event]) =>
    settings[key].map((hook, index) => readPlain(event, hook, ownerOf(key, index))),
  );
  const seen = new Set<string>();
  const listCommon = (hooks: JsonObject | HookSettings, ownerIn: EntryOwner) =>
    hookEvents.flatMap((event) =>
      readGroups(hooks[event]).flatMap((group, index) => readGroup(event, group, ownerIn(event, index), seen, warn)),
    );
  return [
    ...plain,
    ...listCommon(settings, ownerOf),
    ...files.flatMap(({ owner, hooks }) => listCommon(hooks, () => owner)),
  ];
}

const plainKeys = [
  ['sessionStart', 'SessionStart'],
  ['beforeTool', 'PreToolUse'],
  ['afterTool', 'PostToolUse'],
  ['sessionEnd', 'SessionEnd'],
] as const;

function readPlain(event: HookEvent, hook: PlainHook, owner: HookOwner): Hook {
  const { match, command, timeoutSeconds, sandbox } = hook;
  return {
    owner,
    event,
    command,
    timeoutSeconds,
    matches: event === 'PreToolUse' || event === 'PostToolUse' ? matchNames(match) : () => true,
    form: 'plain',
    isAsync: event !== 'PreToolUse',
    sandbox,
  };
}

function readGroups(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function readGroup(
  event: HookEvent,
  group: JsonObject,
  owner: HookOwner,
  seen: Set<string>,
  warn: (message: string) => void,
): Hook[] {
  const matcher = typeof group.matcher === 'string' ? group.matcher : '';
  return readGroups(group.hooks).flatMap((hook): Hook[] => {
    const { type = 'command', command, timeout, sandbox } = hook;
    if (type !== 'command' || typeof command !== 'string' || command.trim() === '') {
      warn(`A ${event} hook of the type ${String(type)} is not used: only commands are.`);
      return [];
    }
    // Our own observer of another agent has nothing to add here.
    if (/\bwink-agent(\.js)?['"]?\s+watch\b/.test(command)) return [];
    const key = JSON.stringify([event, matcher, command]);
    if (seen.has(key)) return [];
    seen.add(key);
    const timeoutSeconds = typeof timeout === 'number' && timeout > 0 ? timeout : commonTimeoutSeconds;
    return [
      {
        owner,
        event,
        command,
        timeoutSeconds,
        matches: matchPattern(matcher, warn),
        form: 'common',
        isAsync: hook.async === true,
        sandbox: typeof sandbox === 'boolean' ? sandbox : undefined,
      },
    ];
  });
}

/** `edit|write` names tools; without it a hook is for all. */
function matchNames(match: string | undefined): Hook['matches'] {
  const wanted = match?.split('|').map((name) => name.trim());
  return (names) => wanted === undefined || wanted.some((name) => name === '*' || names.includes(name));
}

/** Words separated by `|` name tools exactly; anything else is a regular expression. One that is broken is for all: a guard must not fall asleep. */
function matchPattern(matcher: string, warn: (message: string) => void): Hook['matches'] {
  const pattern = matcher.trim();
  if (pattern === '' || pattern === '*') return () => true;
  if (/^[\w\s|-]+$/.test(pattern)) return matchNames(pattern);
  try {
    const regex = new RegExp(pattern);
    return (names) => names.some((name) => regex.test(name));
  } catch {
    warn(`The matcher \`${pattern}\` of a hook is not a regular expression, so the hook runs for everything.`);
    return () => true;
  }
}
