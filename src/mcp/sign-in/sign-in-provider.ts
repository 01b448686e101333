import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import {
  OAuthClientInformationSchema,
  type OAuthClientMetadata,
  type OAuthTokens,
  OAuthTokensSchema,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import type { OauthSettings } from '../servers.ts';
import type { SignInStore } from './sign-in-store.ts';

export type ProviderOptions = {
  readonly store: SignInStore;
  readonly oauth: OauthSettings | undefined;
  readonly redirectUrl: string;
  /** Sends the user to the authorization server; throws where nobody can be sent. */
  readonly redirect: (url: URL) => void | Promise<void>;
  readonly state?: () => string;
};

/** What the SDK's sign-in asks for and keeps, over the user's file. */
export function createProvider({ store, oauth, redirectUrl, redirect, state }: ProviderOptions): OAuthClientProvider {
  const metadata: OAuthClientMetadata & { application_type: 'native' } = {
    client_name: 'wink-agent',
    // A program on the user's machine that is reached by a loopback address (RFC 8252).
    application_type: 'native',
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: oauth?.clientSecret === undefined ? 'none' : 'client_secret_post',
    ...(oauth?.scope === undefined ? {} : { scope: oauth.scope }),
  };
  let given: OAuthTokens | undefined;
  return {
    redirectUrl,
    clientMetadata: metadata,
    ...(state ? { state } : {}),
    clientInformation: () => {
      if (oauth?.clientId !== undefined)
        return {
          client_id: oauth.clientId,
          ...(oauth.clientSecret === undefined ? {} : { client_secret: oauth.clientSecret }),
        };
      return OAuthClientInformationSchema.loose().safeParse(store.read('client')).data;
    },
    saveClientInformation: (client) => (oauth?.clientId === undefined ? store.write('client', client) : undefined),
    tokens: () => {
      given = OAuthTokensSchema.safeParse(store.read('tokens')).data;
      return given;
    },
    saveTokens: (tokens) => store.write('tokens', tokens),
    redirectToAuthorization: redirect,
    saveCodeVerifier: (verifier) => store.write('verifier', verifier),
    codeVerifier: () => String(store.read('verifier') ?? ''),
    invalidateCredentials: async (scope) => {
      if (scope === 'tokens') return forgetTokens(store, given);
      if (scope === 'all') await store.forget('client', 'tokens', 'verifier');
      else if (scope !== 'discovery') await store.forget(scope);
    },
  };
}

/** Tokens that another session has refreshed meanwhile are good: only those that were refused are forgotten. */
async function forgetTokens(store: SignInStore, refused: OAuthTokens | undefined): Promise<void> {
  const kept = OAuthTokensSchema.safeParse(store.read('tokens')).data;
  if (kept?.refresh_token === refused?.refresh_token) await store.forget('tokens');
}
