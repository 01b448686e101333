import Anthropic from '@anthropic-ai/sdk';
import type { ClientOptions } from '../http/client-options.ts';

/** The version that gateways and other makers' servers of this API know. */
const versionElsewhere = '2023-06-01';

/**
 * Anthropic's official client, set up like the other one: only we retry, nothing is logged, no key is looked for in the environment or in
 * other programs' files. The key goes in `x-api-key`, which every server of this API takes.
 */
export function createAnthropicClient({ baseUrl, apiKey, headers, fetch }: ClientOptions): Anthropic {
  const isAtHome = new URL(baseUrl).hostname.endsWith('.anthropic.com');
  return new Anthropic({
    apiKey: apiKey ?? 'none',
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: 2_147_483_647,
    logLevel: 'off',
    fetch,
    defaultHeaders: {
      Authorization: null,
      'x-api-key': apiKey ?? null,
      ...(isAtHome ? {} : { 'anthropic-version': versionElsewhere }),
      ...headers,
    },
  });
}
