import { join } from 'node:path';
import { hooksInSandbox, parseLayer } from '../../config/layers.ts';
import { repositoryConfig } from '../../config/load-config.ts';
import type { Model } from '../../core/model.ts';
import type { HoldProgram } from '../../core/process/held-program.ts';
import type { Tool } from '../../core/tool.ts';
import type { JsonObject } from '../../core/types.ts';
import { readVersion } from '../../core/version.ts';
import { readHookFiles } from '../../hooks/hook-files.ts';
import { type EntryOwner, listHooks } from '../../hooks/hook-settings.ts';
import { createHooks, type Hooks } from '../../hooks/hooks.ts';
import type { Mcp } from '../../mcp/hub.ts';
import { permissionRules, readServers, type ServerSettings } from '../../mcp/servers.ts';
import { findSkills, type Skill } from '../../skills/find-skills.ts';
import { describeSkill, makeSkillTool } from '../../skills/skill-tool.ts';
import { reservedCommands } from '../../slash-commands/built-in.ts';
import { type CustomCommand, findCommands } from '../../slash-commands/custom.ts';
import { sessionGate } from '../session-gate.ts';
import type { Setup } from '../setup.ts';
import { type AgentDefinition, findAgents } from '../subagents/find-agents.ts';
import { holdServers, startHooks } from './hold-program.ts';
import { openWebTools } from './web-tools.ts';

/** How long the first request waits at most for MCP servers that no earlier session knew. */
const mcpStartMs = 5000;
/** Tokens of a window that nobody knows. */
const assumedWindow = 128_000;
/** How long hooks of the session's end may take before they are ended. */
const hookEndSeconds = 5;

export type Extensions = {
  readonly tools: readonly Tool[];
  readonly rules: {
    readonly allow: readonly string[];
    readonly ask: readonly string[];
    readonly deny: readonly string[];
  };
  readonly hooks: Hooks;
  readonly commands: readonly CustomCommand[];
  readonly skills: readonly Skill[];
  readonly agents: readonly AgentDefinition[];
  readonly mcp?: Mcp;
  /** The model as a session with servers asks it: a tool that its endpoint refuses is left out. */
  readonly guardModel: (model: Model) => Model;
  readonly readResource: (target: string) => Promise<string | undefined>;
  readonly close: () => Promise<void>;
};

/** A skill is a command too, so that the user can call for it; a command of the same name comes first. */
function skillCommands(skills: readonly Skill[], commands: readonly CustomCommand[]): CustomCommand[] {
  const taken = new Set([...reservedCommands, ...commands.map(({ name }) => name)]);
  return skills
    .filter(({ name }) => !taken.has(name))
    .map((skill) => ({
      name: skill.name,
      description: skill.description,
      source: skill.source,
      path: join(skill.folder, 'SKILL.md'),
      body: skill.body,
      expand: (argument) => describeSkill(skill, argument),
      ...(skill.hint === undefined ? {} : { hint: skill.hint }),
    }));
}

type Tell = {
  readonly onNote: (text: string) => void;
  readonly onWarning: (message: string) => void;
  /** What each hook is given of the session. */
  readonly hookFacts: () => JsonObject;
  /** Whether a connection to a host is allowed without a question. */
  readonly mayReach: (host: string) => Promise<boolean>;
  /** Puts what is started in the workspace into the sandbox. */
  readonly hold: HoldProgram;
};

export type FoundExtensions = Pick<Extensions, 'rules' | 'commands' | 'skills' | 'agents'> & {
  readonly servers: ReadonlyMap<string, ServerSettings>;
};

/** Reads what users and trusted repositories add. Nothing of it is started. */
export async function findExtensions(setup: Setup, onWarning: (message: string) => void): Promise<FoundExtensions> {
  const { config, repository } = setup.loaded;
  const gate = sessionGate(setup);
  const { commands, warnings } = findCommands({
    home: setup.home,
    repository,
    isTrusted: setup.isTrusted,
    reserved: reservedCommands,
    gate,
  });
  const found = await readServers({
    configured: config.mcpServers,
    repository,
    cwd: setup.cwd,
    isTrusted: setup.isTrusted,
    env: setup.env,
  });
  const { skills, warnings: aboutSkills } = await findSkills({
    home: setup.home,
    userHome: setup.env.HOME,
    repository,
    isTrusted: setup.isTrusted,
    gate,
  });
  const { agents, warnings: aboutAgents } = config.subagents.enabled
    ? await findAgents({ home: setup.home, userHome: setup.env.HOME, repository, isTrusted: setup.isTrusted, gate })
    : { agents: [], warnings: [] };
  for (const message of [...warnings, ...found.warnings, ...aboutSkills, ...aboutAgents]) onWarning(message);
  return {
    rules: permissionRules(config.mcpServers),
    commands: [...commands, ...skillCommands(skills, commands)],
    skills,
    agents,
    servers: found.servers,
  };
}

/** Starts MCP servers and hooks. What is not configured is not loaded. */
export async function openExtensions(
  setup: Setup,
  { servers, ...found }: FoundExtensions,
  contextWindow: number | undefined,
  tell: Tell,
): Promise<Extensions> {
  const hooks = await openHooks(setup, tell);
  const web = openWebTools(setup, tell.mayReach);
  const mcp = servers.size > 0 ? await startMcp(setup, servers, contextWindow, tell) : undefined;
  return {
    ...found,
    tools: [
      ...web.tools,
      ...(found.skills.some(({ isForModel }) => isForModel) ? [makeSkillTool(found.skills, sessionGate(setup))] : []),
      ...(mcp?.tools ?? []),
    ],
    hooks,
    ...(mcp ? { mcp: mcp.hub } : {}),
    guardModel: mcp?.guardModel ?? ((model) => model),
    readResource: async (target) => mcp?.hub.readResource(target),
    close: async () => {
      await Promise.all([hooks.close(hookEndSeconds), mcp?.hub.close(), web.close()]);
    },
  };
}

/** The hooks of the configuration, of a trusted repository's .claude/settings.json, and of files that the user named. */
async function openHooks(setup: Setup, { onWarning, hookFacts, hold }: Tell): Promise<Hooks> {
  const { loaded, cwd, env, isTrusted } = setup;
  const { config, entryOrigins, repository } = loaded;
  const files = await readHookFiles({
    repository,
    isTrusted,
    named: config.hookFiles,
    home: env.HOME,
    limit: hooksInSandbox,
    parse: async (path, text) => (await parseLayer(path, text)).values,
    warn: onWarning,
  });
  const keys = Object.values(config.providers).flatMap(({ keyVariable }) => keyVariable ?? []);
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !keys.includes(name)));
  const ownFile = join(setup.home, 'config.json');
  const ownerOf: EntryOwner = (key, index) => {
    const file = entryOrigins.get(`hooks.${key}`)?.[index];
    return file === repositoryConfig(repository) && file !== ownFile ? 'repository' : 'user';
  };
  return createHooks({
    hooks: listHooks(config.hooks, ownerOf, files, onWarning),
    place: {
      cwd,
      env: { ...own, CLAUDE_PROJECT_DIR: repository, WINK_PROJECT_DIR: repository },
      start: startHooks(setup, hold, () => String(hookFacts().transcript_path ?? '')),
    },
    common: hookFacts,
    onMessage: onWarning,
  });
}

async function startMcp(
  setup: Setup,
  servers: ReadonlyMap<string, ServerSettings>,
  contextWindow: number | undefined,
  tell: Tell,
) {
  const [{ openMcp }, { createRefusedTools }] = await Promise.all([
    import('../../mcp/hub.ts'),
    import('../../mcp/without-refused-tools.ts'),
  ]);
  const budgetTokens = Math.round(setup.loaded.config.mcpToolShare * (contextWindow ?? assumedWindow));
  const { cwd, home, loaded } = setup;
  const { repository } = loaded;
  const hold = holdServers(tell.hold, home, repository);
  const hub = openMcp({ ...tell, servers, cwd, repository, home, version: readVersion(), budgetTokens, hold });
  return { hub, tools: await hub.start(mcpStartMs), guardModel: createRefusedTools(tell.onWarning).guard };
}
