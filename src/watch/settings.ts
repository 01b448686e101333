import { homedir } from 'node:os';
import { join } from 'node:path';
import type { WatchedAgent } from './events.ts';
import { quote } from './hook-script.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** One agent's hooks: where they are set, and for which of its events. */
export type AgentHooks = {
  readonly agent: WatchedAgent;
  /** The agent's name for people. */
  readonly title: string;
  /** The program that shows that it is installed. */
  readonly program: string;
  /** The user's own settings, and those of one repository. */
  readonly file: (env: Env) => string;
  readonly repositoryFile: string;
  readonly events: readonly string[];
  /** Events of tools take a matcher. */
  readonly toolEvents: readonly string[];
  readonly entry: (command: string) => object;
  /** What the person has to do besides. */
  readonly note?: string;
};

const home = (env: Env): string => env.HOME ?? homedir();

/** Agents that take command hooks in a settings file. */
export const agentHooks: readonly AgentHooks[] = [
  {
    agent: 'claude',
    title: 'Claude Code',
    program: 'claude',
    file: (env) => join(env.CLAUDE_CONFIG_DIR ?? join(home(env), '.claude'), 'settings.json'),
    repositoryFile: '.claude/settings.local.json',
    events: ['SessionStart', 'UserPromptSubmit', 'Stop', 'SubagentStop', 'PreCompact', 'SessionEnd'],
    toolEvents: ['PreToolUse', 'PostToolUse', 'PostToolUseFailure'],
    entry: (command) => ({ type: 'command', command, timeout: 5 }),
  },
  {
    agent: 'codex',
    title: 'Codex',
    program: 'codex',
    file: (env) => join(env.CODEX_HOME ?? join(home(env), '.codex'), 'hooks.json'),
    repositoryFile: '.codex/hooks.json',
    events: ['SessionStart', 'UserPromptSubmit', 'Stop', 'PreCompact'],
    toolEvents: ['PreToolUse', 'PostToolUse'],
    entry: (command) => ({ type: 'command', command, timeout: 5 }),
    note: 'Codex runs a hook only when you have trusted it: open Codex and run /hooks.',
  },
  {
    agent: 'gemini',
    title: 'Gemini CLI',
    program: 'gemini',
    file: (env) => join(home(env), '.gemini', 'settings.json'),
    repositoryFile: '.gemini/settings.json',
    events: ['SessionStart', 'BeforeAgent', 'AfterAgent', 'PreCompress', 'SessionEnd'],
    toolEvents: ['BeforeTool', 'AfterTool'],
    entry: (command) => ({ type: 'command', name: 'wink-agent', command, timeout: 5000 }),
  },
];

/** The command of a hook, and what tells it from others'. */
export function hookCommand(hook: string, agent: WatchedAgent): string {
  return `sh ${quote(hook)} ${agent}`;
}

/** The text of a settings file with our hooks in it, once; comments, order and everybody else's hooks stay. Throws UserError where it is no JSON. */
export async function addHooks(
  text: string,
  { events, toolEvents, entry }: AgentHooks,
  command: string,
): Promise<string> {
  let changed = (await removeHooks(text, command)) ?? text;
  if (changed.trim() === '') changed = '{\n}\n';
  const { applyEdits, modify } = await import('jsonc-parser');
  for (const event of [...events, ...toolEvents]) {
    const group = { ...(toolEvents.includes(event) ? { matcher: '*' } : {}), hooks: [entry(command)] };
    const count = groupsOf(await parse(changed), event).length;
    const path = count === 0 ? ['hooks', event] : ['hooks', event, count];
    const value = count === 0 ? [group] : group;
    const edits = modify(changed, path, value, { formattingOptions, isArrayInsertion: count > 0 });
    changed = applyEdits(changed, edits);
  }
  return changed;
}

/** The text without our hooks; undefined when there are none in it. Empty lists that are left behind go too. */
export async function removeHooks(text: string, command: string): Promise<string | undefined> {
  if (!text.includes(JSON.stringify(command).slice(1, -1))) return undefined;
  const { applyEdits, modify } = await import('jsonc-parser');
  let changed = text;
  const settings = await parse(text);
  for (const event of Object.keys(hooksOf(settings))) {
    const kept = groupsOf(settings, event).filter(
      (group) => !JSON.stringify(group).includes(JSON.stringify(command).slice(1, -1)),
    );
    if (kept.length === groupsOf(settings, event).length) continue;
    changed = applyEdits(
      changed,
      modify(changed, ['hooks', event], kept.length > 0 ? kept : undefined, { formattingOptions }),
    );
  }
  if (Object.keys(hooksOf(await parse(changed))).length === 0)
    changed = applyEdits(changed, modify(changed, ['hooks'], undefined, { formattingOptions }));
  return changed;
}

const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };

async function parse(text: string): Promise<unknown> {
  const { parse: parseText } = await import('jsonc-parser');
  return parseText(text, [], { allowTrailingComma: true });
}

function hooksOf(settings: unknown): Record<string, unknown> {
  const hooks = isRecord(settings) ? settings.hooks : undefined;
  return isRecord(hooks) ? hooks : {};
}

function groupsOf(settings: unknown, event: string): unknown[] {
  const groups = hooksOf(settings)[event];
  return Array.isArray(groups) ? groups : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
