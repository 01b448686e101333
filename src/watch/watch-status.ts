import { count } from '../core/text/count.ts';
import { readTrust, type Trust } from './agents/agent-trust.ts';
import { isInstalled } from './agents/install.ts';
import { knownAgents } from './agents/known-agents.ts';
import { readState } from './installations.ts';
import { findResident } from './resident/resident-client.ts';
import type { WatchPlaces } from './watch-places.ts';
import { readWatchRecords } from './watch-records.ts';

export type AgentStatus = {
  readonly agent: string;
  readonly title: string;
  /** The files in which it is installed. */
  readonly installed: readonly string[];
  /** Whether the agent runs it; absent where it is not installed. */
  readonly trust?: Trust;
  readonly sessions: number;
  /** Those that were said; in shadow none is. */
  readonly reminders: number;
  /** ISO time; null when it was never seen. */
  readonly lastSeen: string | null;
};

export type WatchStatus = {
  readonly mode: 'on' | 'shadow';
  readonly resident: { readonly pid: number } | null;
  /** The judge's model; null where `observer.model` names none. */
  readonly judge: string | null;
  readonly agents: readonly AgentStatus[];
};

/** What is installed and what runs, for each agent that is known. */
export async function readStatus(
  places: WatchPlaces,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  judge: string | undefined,
): Promise<WatchStatus> {
  const records = readWatchRecords(places);
  const pid = await findResident(places);
  const agents = knownAgents.map(async (known): Promise<AgentStatus> => {
    const own = records.filter(({ agent }) => agent === known.agent);
    const files = isInstalled(places, known.agent).map(({ file }) => file);
    return {
      agent: known.agent,
      title: known.title,
      installed: files,
      ...(files.length > 0 ? { trust: await readTrust(known, { files, places, env, cwd }) } : {}),
      sessions: own.length,
      reminders: own.flatMap(({ reminders }) => reminders).filter(({ mode }) => mode === 'on').length,
      lastSeen:
        own
          .map(({ lastSeen }) => lastSeen)
          .sort()
          .at(-1) ?? null,
    };
  });
  return {
    mode: readState(places).mode,
    resident: pid === undefined ? null : { pid },
    judge: judge ?? null,
    agents: await Promise.all(agents),
  };
}

/** The same for people, a line an agent. */
export function describeStatus({ mode, resident, judge, agents }: WatchStatus): string {
  const running = resident === null ? 'is not running (it starts when needed)' : `runs (pid ${resident.pid})`;
  const judged = judge === null ? 'no judge (observer.model names none)' : `the judge is ${judge}`;
  return [`mode ${mode}; the resident process ${running}; ${judged}`, ...agents.map(describeAgent), ''].join('\n');
}

function describeAgent({ title, installed, trust, sessions, reminders, lastSeen }: AgentStatus): string {
  const place = installed.length > 0 ? `in ${installed.join(', ')}${describeTrust(trust)}` : absent(sessions);
  const seen = lastSeen === null ? '' : `, last seen ${lastSeen}`;
  return `${title}: ${place}; ${count(sessions, 'session')}, ${count(reminders, 'reminder')}${seen}`;
}

/** An agent's own package, or its marketplace, brings the observer without `watch install`. */
function absent(sessions: number): string {
  return sessions > 0 ? 'not installed by `watch install`' : 'not installed';
}

function describeTrust(trust: Trust | undefined): string {
  if (trust === undefined || trust.isTrusted === true) return '';
  return trust.isTrusted === false ? ` (does not run: ${trust.reason})` : ` (${trust.reason})`;
}
