import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { UserError } from '../../core/errors.ts';
import { isObject } from '../../core/text/json.ts';
import type { McpClient } from '../connection/ask-server.ts';
import { openTransport, tryOldWay } from '../connection/open-transport.ts';
import { reasonOf } from '../connection/server-connection.ts';
import type { OauthSettings, ServerSettings } from '../servers.ts';
import { openLoopback, readRedirect } from './loopback.ts';
import { openBrowser } from './open-browser.ts';
import { createProvider } from './sign-in-provider.ts';
import { openSignInStore, type SignInStore } from './sign-in-store.ts';

export type LoginOptions = {
  readonly name: string;
  readonly settings: ServerSettings;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly say: (line: string) => void;
  /** Where an address can be pasted, when the browser is on another machine. */
  readonly input: NodeJS.ReadStream | undefined;
};

const patienceMs = 5 * 60_000;

/**
 * Signs the user in to a server over HTTP: finds its authorization server, registers with it, sends the user's browser there, waits
 * for the redirect to this machine and keeps the tokens. Gives what came of it in a sentence; throws UserError where it can't be.
 */
export async function logIn(options: LoginOptions): Promise<string> {
  const { name, settings, home } = options;
  const { url, oauth } = settings;
  if (url === undefined) throw new UserError(`The MCP server ${name} is a program, which has no sign-in.`);
  const store = openSignInStore(home, name, url);
  const state = randomBytes(16).toString('hex');
  const loopback = await openLoopback(state, oauth?.callbackPort ?? portOf(store));
  try {
    if (oauth?.callbackPort !== undefined && oauth.callbackPort !== loopback.port)
      throw new UserError(`Port ${oauth.callbackPort}, the callbackPort of ${name}, is in use by another program.`);
    // A client is registered with its address: on another port it is another client.
    if (portOf(store) !== loopback.port) await store.forget('client');
    const redirect = (page: URL) => {
      options.say(`Sign in to ${name} in the browser. If it does not open by itself, open this address:\n${page.href}`);
      openBrowser(page.href, options.env);
    };
    const provider = createProvider({ store, oauth, redirectUrl: loopback.url, redirect, state: () => state });
    const { isIn, transport } = await tryToConnect(provider, options);
    if (isIn) return describe(store, name);
    const code = await Promise.race([loopback.code, pasted(options, state), late()]);
    if (!('finishAuth' in transport) || typeof transport.finishAuth !== 'function') throw new Error('no way to finish');
    await transport.finishAuth(code);
    const again = await tryToConnect(provider, options);
    if (!again.isIn) throw new Error('the server refuses the tokens that it was given');
    await store.forget('verifier');
    return describe(store, name);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`Signing in to ${name} failed: ${explain(error, oauth)}`);
  } finally {
    loopback.close();
    options.input?.pause();
  }
}

/** Where a client must be registered by hand, how that is done is said. */
function explain(error: unknown, oauth: OauthSettings | undefined): string {
  const words = reasonOf(error);
  if (oauth?.clientId !== undefined || !/dynamic client registration/i.test(words)) return words;
  return 'its authorization server registers no clients by itself. Register one there with the redirect address http://127.0.0.1:8123/callback, and set oauth.clientId and oauth.callbackPort (8123) of the server in your configuration.';
}

function describe(store: SignInStore, name: string): string {
  if (store.read('tokens') === undefined) return `${name} answers without a sign-in.`;
  return `Signed in to ${name}; the tokens are in ${store.path}.`;
}

/** `isIn`: the server lets us in; false after the user was sent to sign in, which the transport can then finish. */
async function tryToConnect(
  provider: OAuthClientProvider,
  { settings, version }: LoginOptions,
): Promise<{ isIn: boolean; transport: Transport }> {
  const [{ Client }, { UnauthorizedError }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/auth.js'),
  ]);
  const log = { path: '', write: () => undefined };
  return tryOldWay(settings, async (way) => {
    const transport = await openTransport({
      settings: way,
      place: () => ({ cwd: '/', env: {} }),
      log,
      signIn: () => provider,
    });
    const client: McpClient = new Client({ name: 'wink-agent', version }, { capabilities: {} });
    try {
      await client.connect(transport, { timeout: 30_000 });
      await client.close();
      return { isIn: true, transport };
    } catch (error) {
      if (error instanceof UnauthorizedError) return { isIn: false, transport };
      throw error;
    }
  });
}

/** The port that the client is registered with. */
function portOf(store: SignInStore): number | undefined {
  const client = store.read('client');
  const first: unknown = isObject(client) && Array.isArray(client.redirect_uris) ? client.redirect_uris[0] : undefined;
  return typeof first === 'string' && URL.canParse(first) ? Number(new URL(first).port) : undefined;
}

/** A browser on another machine can't reach this one: its address bar then holds what we need. */
function pasted({ input, say }: LoginOptions, state: string): Promise<string> {
  if (input?.isTTY !== true) return new Promise(() => undefined);
  say('If the browser is on another machine, paste the address that it ends at:');
  return new Promise((resolve, reject) => {
    createInterface({ input }).on('line', (line) => {
      const read = readRedirect(line.trim(), state);
      if (read?.kind === 'code') resolve(read.code);
      else if (read !== undefined) reject(new UserError(`Signing in failed: ${read.reason}`));
      else if (line.trim() !== '') say('That is not the address that the sign-in ends at.');
    });
  });
}

function late(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('nobody signed in within 5 minutes')), patienceMs).unref();
  });
}
