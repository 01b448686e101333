import type { ApiKey, KeyOwner } from './api-keys.ts';

/** Where a key that the server does not take comes from, and how to give another, in one sentence. */
export function keyAdvice({ providerName, preset, settingsKey }: KeyOwner, key: ApiKey | undefined): string {
  const login = preset === undefined || preset.isLocal ? undefined : `\`wink-agent login ${providerName}\``;
  if (key === undefined)
    return `No key was sent; ${login ? `${login} stores one` : `set OPENAI_API_KEY, or \`providers\` in the configuration`}.`;
  switch (key.kind) {
    case 'command':
      return `The key is what ${settingsKey ?? `providers.${providerName}`}.keyCommand prints; change that command or what it reads.`;
    case 'variable': {
      const orElse = login ? `, or unset it and run ${login}` : '';
      return `The key comes from the environment variable ${key.source}; set the right one there${orElse}.`;
    }
    case 'stored':
      return `The key comes from ${key.source}; \`wink-agent login ${providerName}\` stores another.`;
    default:
      return key.kind satisfies never;
  }
}
