import { homedir } from 'node:os';
import { join } from 'node:path';
import { quote } from './hook-script.ts';
import type { WatchedAgent } from './read-event.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** One agent: how it is found, and where what is added to it goes. */
export type WatchedAgentPlaces = {
  readonly agent: WatchedAgent;
  /** The agent's name for people. */
  readonly title: string;
  /** The program that shows that it is installed. */
  readonly program: string;
  /** The user's own file, and that of one repository. */
  readonly file: (env: Env) => string;
  readonly repositoryFile: string;
  /** What else the person has to do. */
  readonly note?: string;
};

/** An agent that takes command hooks in a settings file. */
export type HookedAgent = WatchedAgentPlaces & {
  readonly kind: 'hooks';
  readonly events: readonly string[];
  /** Events of tools take a matcher. */
  readonly toolEvents: readonly string[];
  readonly entry: (command: string) => object;
};

/** An agent that loads a plugin: a file of its own, from dist/plugins of this program. */
export type PluggedAgent = WatchedAgentPlaces & { readonly kind: 'plugin'; readonly source: string };

export type KnownAgent = HookedAgent | PluggedAgent;

const home = (env: Env): string => env.HOME ?? homedir();

export const knownAgents: readonly KnownAgent[] = [
  {
    kind: 'hooks',
    agent: 'claude',
    title: 'Claude Code',
    program: 'claude',
    file: (env) => join(env.CLAUDE_CONFIG_DIR ?? join(home(env), '.claude'), 'settings.json'),
    repositoryFile: '.claude/settings.local.json',
    events: ['SessionStart', 'UserPromptSubmit', 'Stop', 'SubagentStart', 'SubagentStop', 'PreCompact', 'SessionEnd'],
    toolEvents: ['PreToolUse', 'PostToolUse', 'PostToolUseFailure'],
    entry: (command) => ({ type: 'command', command, timeout: 5 }),
  },
  {
    kind: 'hooks',
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
    kind: 'hooks',
    agent: 'gemini',
    title: 'Gemini CLI',
    program: 'gemini',
    file: (env) => join(env.GEMINI_CLI_HOME ?? home(env), '.gemini', 'settings.json'),
    repositoryFile: '.gemini/settings.json',
    // Not PreCompress, which comes before every request, whether anything is compressed or not (0.61): the transcript tells.
    events: ['SessionStart', 'BeforeAgent', 'AfterAgent', 'SessionEnd'],
    toolEvents: ['BeforeTool', 'AfterTool'],
    entry: (command) => ({ type: 'command', name: 'wink-agent', command, timeout: 5000 }),
  },
  {
    kind: 'plugin',
    agent: 'opencode',
    title: 'opencode',
    program: 'opencode',
    file: (env) =>
      join(
        env.OPENCODE_CONFIG_DIR ?? join(env.XDG_CONFIG_HOME ?? join(home(env), '.config'), 'opencode'),
        'plugins/wink-agent-watch.js',
      ),
    repositoryFile: '.opencode/plugins/wink-agent-watch.js',
    source: 'opencode.js',
  },
  {
    kind: 'plugin',
    agent: 'pi',
    title: 'pi',
    program: 'pi',
    file: (env) => join(env.PI_CODING_AGENT_DIR ?? join(home(env), '.pi/agent'), 'extensions/wink-agent-watch.js'),
    repositoryFile: '.pi/extensions/wink-agent-watch.js',
    source: 'pi.js',
  },
];

/** The command of a hook, and what tells it from others'. On a machine without the script (settings that were copied) it says nothing and is not a fault. */
export function hookCommand(hook: string, agent: WatchedAgent): string {
  return `sh ${quote(hook)} ${agent} 2>/dev/null || true`;
}
