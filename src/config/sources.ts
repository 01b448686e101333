/** Environment variables that set a key. */
export const environmentKeys: Readonly<Record<string, string>> = {
  OPENAI_BASE_URL: 'baseUrl',
  WINK_MODEL: 'model',
  WINK_OBSERVER_MODEL: 'observer.model',
};

/** Flags of a run that set a key, by their long name. */
export const flagKeys: Readonly<Record<string, string>> = {
  model: 'model',
  'fallback-model': 'fallbackModel',
  'base-url': 'baseUrl',
  api: 'api',
  effort: 'reasoningEffort',
  'observer-model': 'observer.model',
  wink: 'observer.mode',
  approval: 'approval',
  allow: 'permissions.allow',
  deny: 'permissions.deny',
  'add-dir': 'addDirs',
  'max-turns': 'maxTurns',
  'max-cost': 'maxCostUsd',
  'max-tokens': 'maxTokens',
  timeout: 'timeoutSeconds',
};

/** Lists that add up over the files and flags; every other list is replaced by the later one. */
export const addedLists: ReadonlySet<string> = new Set([
  'permissions.allow',
  'permissions.ask',
  'permissions.deny',
  'addDirs',
  'hooks.sessionStart',
  'hooks.beforeTool',
  'hooks.afterTool',
  'hooks.sessionEnd',
]);

/**
 * What a repository may not set before the user trusted it, with the reason shown. A key stands for all keys below it; `when`
 * narrows it to dangerous values.
 */
export const trustedOnlyKeys: readonly { key: string; reason: string; when?: (value: unknown) => boolean }[] = [
  { key: 'mcpServers', reason: 'can run code' },
  { key: 'hooks', reason: 'can run code' },
  { key: 'providers', reason: 'can move data to another host and run code' },
  { key: 'baseUrl', reason: 'can move data to another host' },
  { key: 'model', reason: 'names a provider, so it can move data to another host', when: namesProvider },
  { key: 'fallbackModel', reason: 'names a provider, so it can move data to another host', when: namesProvider },
  { key: 'observer.model', reason: 'names a provider, so it can move data to another host', when: namesProvider },
  { key: 'approval', reason: 'can lift a permission' },
  { key: 'permissions.allow', reason: 'can lift a permission' },
  { key: 'addDirs', reason: 'can lift a permission' },
  { key: 'sandbox', reason: 'can lift a permission' },
  { key: 'checkpoints', reason: 'can turn off a protection' },
  { key: 'retention', reason: 'can delete sessions' },
];

function namesProvider(value: unknown): boolean {
  return typeof value === 'string' && value.includes('/');
}
