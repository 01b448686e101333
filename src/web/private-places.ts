import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ToolError } from '../core/tool.ts';
import { hostOf } from './address.ts';

/** Whether an IP address is reachable by everybody: not this machine, not its network, not one that is set aside for something else. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return false;
  const parsed = ipaddr.process(bare);
  // Networks that have only IPv6 give each IPv4 address this prefix (RFC 6052): the address behind it counts.
  if (parsed instanceof ipaddr.IPv6 && parsed.range() === 'rfc6052')
    return new ipaddr.IPv4(parsed.toByteArray().slice(-4)).range() === 'unicast';
  return parsed.range() === 'unicast';
}

/** What the user opens of the private network (`web.privateHosts`). */
export type PrivatePlaces = {
  /** The host of this address may have a private address. */
  readonly hasHost: (url: URL) => boolean;
  /** This private address may be reached. */
  readonly hasAddress: (address: string) => boolean;
};

/** Reads entries such as `localhost:3000`, `wiki.intern`, `*.intern`, `10.1.2.3`, `10.0.0.0/8`, `[::1]:8080`. */
export function readPrivatePlaces(entries: readonly string[]): PrivatePlaces {
  const ranges = entries.flatMap((entry) => (ipaddr.isValidCIDR(entry) ? [ipaddr.parseCIDR(entry)] : []));
  const hosts = entries.flatMap((entry) => (ipaddr.isValidCIDR(entry) ? [] : [readHostEntry(entry)]));
  return {
    hasHost: (url) =>
      hosts.some(({ host, port }) => matches(host, hostOf(url)) && (port ?? portOf(url)) === portOf(url)),
    hasAddress: (address) => {
      const parsed = ipaddr.process(address.replace(/%.*$/, ''));
      return ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits));
    },
  };
}

/**
 * Whether an address can be told to be private, and closed, from its words alone: an IP address, or a name that always means this machine or
 * its network. Other names are looked up when the connection is made.
 */
export function isPlainlyPrivate(url: URL, places: PrivatePlaces): boolean {
  const host = hostOf(url);
  if (places.hasHost(url)) return false;
  if (isIP(host) !== 0) return !isPublicAddress(host) && !places.hasAddress(host);
  return /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)$/i.test(host);
}

/** What the model is told of a closed address. */
export function privateAddress(host: string): ToolError {
  return new ToolError(
    'failed',
    `${host} is on this machine or in its private network, which web_fetch does not reach. The user can open it with the key web.privateHosts; a server of this repository's own can be asked by a command (curl).`,
  );
}

type HostEntry = { readonly host: string; readonly port: string | undefined };

function readHostEntry(entry: string): HostEntry {
  const text = entry.trim().toLowerCase();
  if (ipaddr.isValid(text)) return { host: text, port: undefined };
  const [, host = text, port] = /^(.+?)(?::(\d+))?$/.exec(text) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port };
}

function matches(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
