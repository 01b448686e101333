import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { ServerPlace } from '../server-place.ts';
import type { ServerSettings } from '../servers.ts';
import { lenientFetch } from './lenient-fetch.ts';
import type { ServerLog } from './server-log.ts';

/** The user's sign-in to a server over HTTP; undefined before they signed in. */
export type SignIn = () => OAuthClientProvider | undefined;

export type TransportOptions = {
  readonly settings: ServerSettings;
  /** Where a program starts; asked for when it does. */
  readonly place: () => ServerPlace;
  readonly log: ServerLog;
  readonly signIn?: SignIn;
};

/** The way to a server: a program of ours, or an address. */
export async function openTransport({ settings, place, log, signIn }: TransportOptions): Promise<Transport> {
  if (settings.url === undefined) return openProgram(settings, place(), log);
  const url = new URL(settings.url);
  const authProvider = signIn?.();
  const options = {
    requestInit: { headers: { ...settings.headers } },
    fetch: lenientFetch(),
    ...(authProvider ? { authProvider } : {}),
  };
  if (settings.type === 'sse') {
    const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js');
    return new SSEClientTransport(url, options);
  }
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  // The SDK's class does not fit the SDK's type where optional properties are taken exactly.
  return new StreamableHTTPClientTransport(url, options) as Transport;
}

async function openProgram(settings: ServerSettings, place: ServerPlace, log: ServerLog): Promise<Transport> {
  const { createStdioTransport } = await import('./stdio-transport.ts');
  return createStdioTransport({
    command: settings.command ?? '',
    args: settings.args ?? [],
    ...place,
    onStderr: (text) => log.write(text),
  });
}

/**
 * Does what `open` does with the settings; an address that does not speak streamable HTTP is tried as an old one (SSE), where the configuration
 * does not say which it is.
 */
export async function tryOldWay<T>(
  settings: ServerSettings,
  open: (settings: ServerSettings) => Promise<T>,
): Promise<T> {
  try {
    return await open(settings);
  } catch (error) {
    const status = statusOf(error);
    const isOld = status === 400 || status === 404 || status === 405;
    if (settings.url === undefined || settings.type !== undefined || !isOld) throw error;
    return open({ ...settings, type: 'sse' }).catch((second: unknown) => {
      throw statusOf(second) === 401 ? second : error;
    });
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
