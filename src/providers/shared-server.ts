import { isNearHost, isThisMachine } from '../core/near-host.ts';
import { readSlots } from './local-servers.ts';
import type { ModelSettings } from './resolve-models.ts';

type Address = Pick<ModelSettings, 'baseUrl' | 'name'>;

/** Judge and agent ask one model of one server that runs on this machine or in its network, so that one may keep the other waiting. */
export function sharesLocalServer(agent: Address, judge: Address): boolean {
  const server = readServer(agent.baseUrl);
  return server !== undefined && server === readServer(judge.baseUrl) && agent.name === judge.name;
}

/** How many requests the judge's server answers at once, as configured or as it says; undefined when nobody says. */
export async function findSlots(judge: ModelSettings, signal: AbortSignal): Promise<number | undefined> {
  return judge.slots ?? (await readSlots(judge, AbortSignal.any([signal, AbortSignal.timeout(2000)])));
}

/** Host and port of a local server, with one spelling for this machine; undefined for any other. */
function readServer(baseUrl: string): string | undefined {
  if (!URL.canParse(baseUrl)) return undefined;
  const { hostname, port, protocol } = new URL(baseUrl);
  const place = port === '' ? protocol : port;
  if (isThisMachine(hostname)) return `here:${place}`;
  // A name without a dot is one of this network, too.
  const isNear = isNearHost(hostname) || !/[.:]/.test(hostname);
  return isNear ? `${hostname}:${place}` : undefined;
}
