import type { SignIn } from '../connection/open-transport.ts';
import type { ServerSettings } from '../servers.ts';
import { createProvider } from './sign-in-provider.ts';
import { openSignInStore } from './sign-in-store.ts';

/** Never opened: in a session nobody is sent anywhere, and an authorization server must be given some address. */
const unusedRedirect = 'http://127.0.0.1/callback';

/**
 * The sign-in of a session: it uses and refreshes the tokens that `wink-agent mcp login` has kept, and sends nobody to a browser.
 * undefined for a program, and for a server that gets its key by a header.
 */
export function sessionSignIn(name: string, settings: ServerSettings, home: string): SignIn | undefined {
  const { url, headers = {}, oauth } = settings;
  if (url === undefined || hasKey(headers)) return undefined;
  const store = openSignInStore(home, name, url);
  return () => {
    if (store.read('tokens') === undefined) return undefined;
    return createProvider({
      store,
      oauth,
      redirectUrl: unusedRedirect,
      redirect: () => {
        throw Object.assign(new Error('the sign-in has run out'), { code: 401 });
      },
    });
  };
}

/** Whether the configuration gives a key by hand, so that no sign-in is wanted. */
export function hasKey(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((header) => header.toLowerCase() === 'authorization');
}
