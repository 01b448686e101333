import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { UserError } from '../../core/errors.ts';
import { isObject } from '../../core/text/json.ts';
import type { McpClient } from '../connection/ask.ts';
import { openTransport } from '../connection/open-transport.ts';
import type { ServerSettings } from '../servers.ts';
import { openLoopback, readRedirect } from './loopback.ts';
import { openBrowser } from './open-browser.ts';
import { createProvider } from './provider.ts';
import { openSignInStore, type SignInStore } from './store.ts';

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
    // A client is registered with its address: on another port it is another client.
    if (portOf(store) !== loopback.port) await store.forget('client');
    const redirect = (page: URL) => {
      options.say(`Sign in to ${name} in the browser. If it does not open by itself, open this address:\n${page.href}`);
      openBrowser(page.href, options.env);
    };
    const provider = createProvider({ store, oauth, redirectUrl: loopback.url, redirect, state: () => state });
    const log = { path: '', write: () => undefined };
    const transport = await openTransport({ settings, cwd: '.', log, signIn: () => provider });
    if (await connects(transport, options)) return describe(store, name);
    const code = await Promise.race([loopback.code, pasted(options, state), late()]);
    if (!('finishAuth' in transport) || typeof transport.finishAuth !== 'function') throw new Error('no way to finish');
    await transport.finishAuth(code);
    const again = await openTransport({ settings, cwd: '.', log, signIn: () => provider });
    if (!(await connects(again, options))) throw new Error('the server refuses the tokens that it was given');
    await store.forget('verifier');
    return describe(store, name);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`Signing in to ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    loopback.close();
    options.input?.pause();
  }
}

function describe(store: SignInStore, name: string): string {
  if (store.read('tokens') === undefined) return `${name} answers without a sign-in.`;
  return `Signed in to ${name}; the tokens are in ${store.path}.`;
}

/** Whether the server lets us in; false after the user was sent to sign in. */
async function connects(
  transport: Awaited<ReturnType<typeof openTransport>>,
  { version }: LoginOptions,
): Promise<boolean> {
  const [{ Client }, { UnauthorizedError }] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/auth.js'),
  ]);
  const client: McpClient = new Client({ name: 'wink-agent', version }, { capabilities: {} });
  try {
    await client.connect(transport, { timeout: 30_000 });
    await client.close();
    return true;
  } catch (error) {
    if (error instanceof UnauthorizedError) return false;
    throw error;
  }
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
