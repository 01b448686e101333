import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readText } from '../../core/disk/read-text.ts';
import { type ReadingGate, whyLeftOut } from '../../core/disk/reading-gate.ts';
import { messageOf } from '../../core/errors.ts';
import { loadPrompt } from '../../core/prompt.ts';
import { listField, readFields, textField } from '../../core/text/fields.ts';
import { splitFrontMatter } from '../../core/text/front-matter.ts';
import { ignoredUntrusted } from '../../core/untrusted.ts';

/** A kind of subagent. */
export type AgentDefinition = {
  readonly name: string;
  /** What it is for, for the model that chooses. */
  readonly description: string;
  /** Its own words in the system prompt. */
  readonly body: string;
  /** Names of its tools, in any agent's spelling; undefined: all. `read-only`: those that change nothing. */
  readonly tools?: readonly string[] | 'read-only';
  /** undefined: that of the session. */
  readonly model?: string;
  readonly effort?: string;
  /** Works in a worktree of its own; what it changed comes back when the user says so. */
  readonly isIsolated: boolean;
  readonly path?: string;
};

export type AgentPlaces = {
  /** $WINK_HOME. */
  readonly home: string;
  /** The user's home folder. */
  readonly userHome: string | undefined;
  readonly repository: string;
  readonly isTrusted: boolean;
  readonly gate: ReadingGate;
};

const maxBytes = 64 * 1024;

function builtIn(): AgentDefinition[] {
  return [
    {
      name: 'explore',
      description: 'searches and reads, changes nothing; several at once',
      body: loadPrompt('agents/explore', {}),
      tools: 'read-only',
      isIsolated: false,
    },
    {
      name: 'general',
      description: 'does a piece of work with all tools',
      body: loadPrompt('agents/general', {}),
      isIsolated: false,
    },
  ];
}

/**
 * The built-in agents, the user's ($WINK_HOME/agents, ~/.claude/agents) and a trusted repository's (.wink/agents, .claude/agents). The
 * user's may replace a built-in one, the repository's replaces none. What is left out is said.
 */
export async function findAgents({ home, userHome, repository, isTrusted, gate }: AgentPlaces): Promise<{
  agents: AgentDefinition[];
  warnings: string[];
}> {
  const warnings: string[] = [];
  const agents = new Map(builtIn().map((agent) => [agent.name, agent]));
  const user = [join(home, 'agents'), ...(userHome ? [join(userHome, '.claude/agents')] : [])];
  const theirs = ['.wink/agents', '.claude/agents']
    .map((name) => join(repository, name))
    .filter((folder) => !user.includes(folder));
  const others = theirs.flatMap(listFiles);
  if (others.length > 0 && !isTrusted) warnings.push(ignoredUntrusted(`The agents of ${repository}`, 'are'));
  const own = user.flatMap(listFiles);
  for (const path of [...own, ...(isTrusted ? others : [])]) {
    const closed = whyLeftOut(path, gate, own.includes(path) ? undefined : repository);
    if (closed !== undefined) {
      warnings.push(`The agent in ${path} ${closed}.`);
      continue;
    }
    const agent = await readAgent(path).catch((error: unknown) => messageOf(error));
    const before = typeof agent === 'string' ? undefined : agents.get(agent.name);
    if (typeof agent === 'string') warnings.push(`The agent in ${path} is left out: ${agent}.`);
    else if (before?.path !== undefined || (before !== undefined && !own.includes(path)))
      warnings.push(`The agent in ${path} is left out: there is another ${agent.name}.`);
    else agents.set(agent.name, agent);
  }
  return { agents: [...agents.values()], warnings };
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !/(^|\/)readme\.md$/i.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

async function readAgent(path: string): Promise<AgentDefinition | string> {
  if (statSync(path).size > maxBytes) return `it is larger than ${maxBytes / 1024} kB`;
  const text = readText(path);
  const parts = splitFrontMatter(text);
  const fields = await readFields(parts?.yaml ?? '');
  const body = (parts?.body ?? text).trim();
  const description = textField(fields, 'description');
  if (parts === undefined || description === undefined) return 'it has no front matter with a description';
  const tools = listField(fields, 'tools');
  const model = textField(fields, 'model');
  const effort = textField(fields, 'effort') ?? textField(fields, 'reasoning_effort');
  return {
    name: (textField(fields, 'name') ?? basename(path, '.md')).replace(/[^\w-]+/g, '-').slice(0, 64),
    description: description.replace(/\s+/g, ' '),
    body,
    path,
    isIsolated: textField(fields, 'isolation') === 'worktree',
    ...(tools === undefined || tools.includes('*') ? {} : { tools }),
    ...(model === undefined || model === 'inherit' ? {} : { model }),
    ...(effort === undefined ? {} : { effort }),
  };
}
