import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { readProxies } from '../core/http-proxies.ts';
import { hostOf } from './address.ts';
import {
  isPlainlyPrivate,
  isPublicAddress,
  type PrivatePlaces,
  privateAddress,
  readPrivatePlaces,
} from './private-places.ts';

/** How long it may take to connect. */
const connectMs = 10_000;

/** How names are looked up: the system's way. */
export type Lookup = (
  host: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** The way to the web: gives the dispatcher for an address, and refuses those that lead into the private network. */
export type Connector = {
  readonly dispatcherFor: (url: URL) => Promise<Dispatcher>;
  readonly close: () => Promise<void>;
};

/**
 * Connections that are checked when they are made, on the address that the name has at that moment: a name that is looked up once for
 * a check and once for the connection can be another the second time. Through a proxy, which looks names up itself, the name is
 * checked by what it is here, where it is known here.
 */
export function createConnector(
  privateHosts: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  lookup: Lookup = systemLookup,
): Connector {
  const places = readPrivatePlaces(privateHosts);
  const proxies = readProxies(env);
  const open = (options: Agent.Options): Dispatcher =>
    proxies ? new EnvHttpProxyAgent({ ...proxies, ...options }) : new Agent(options);
  let guarded: Dispatcher | undefined;
  let unguarded: Dispatcher | undefined;
  return {
    dispatcherFor: async (url) => {
      if (places.hasHost(url)) {
        // What the user has opened is on their own network, where no proxy is asked.
        unguarded ??= new Agent({ connect: { timeout: connectMs } });
        return unguarded;
      }
      if (isPlainlyPrivate(url, places)) throw privateAddress(hostOf(url));
      if (proxies) await refuseByName(hostOf(url), places, lookup);
      guarded ??= open({ connect: { timeout: connectMs, lookup: guardedLookup(places, lookup) } });
      return guarded;
    },
    close: async () => {
      await Promise.all([guarded?.destroy(), unguarded?.destroy()]);
    },
  };
}

async function refuseByName(host: string, places: PrivatePlaces, lookup: Lookup): Promise<void> {
  if (isIP(host) !== 0) return;
  const found = await new Promise<LookupAddress[]>((resolve) => {
    lookup(host, { all: true }, (error, addresses) => resolve(error ? [] : addresses));
  });
  if (found.some(({ address }) => !isPublicAddress(address) && !places.hasAddress(address))) throw privateAddress(host);
}

function guardedLookup(places: PrivatePlaces, lookup: Lookup): LookupFunction {
  return (host, options: LookupOptions, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0);
      const allowed = addresses.filter(({ address }) => isPublicAddress(address) || places.hasAddress(address));
      const [first] = allowed;
      if (first === undefined) return done(privateAddress(host), '', 0);
      if (options.all) return done(null, allowed);
      return done(null, first.address, first.family);
    });
  };
}
