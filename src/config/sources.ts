/** Environment variables that set a key. */
export const environmentKeys: Readonly<Record<string, string>> = {
  OPENAI_BASE_URL: 'baseUrl',
  WINK_MODEL: 'model',
  WINK_OBSERVER_MODEL: 'observer.model',
};

/** Flags of a run that set a key, by the name they have once parsed. Their values were checked when they were parsed. */
export type ConfigFlags = {
  readonly model?: string;
  readonly baseUrl?: string;
  readonly api?: 'chat' | 'responses' | 'messages';
  readonly observerModel?: string;
  readonly wink?: 'on' | 'shadow' | 'off';
  readonly approval?: 'plan' | 'ask' | 'edits' | 'full';
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly addDirs?: readonly string[];
  readonly maxTurns?: number;
  readonly maxCostUsd?: number;
  readonly maxTokens?: number;
  readonly timeoutSeconds?: number;
};

export const flagKeys: readonly { name: keyof ConfigFlags; flag: string; key: string }[] = [
  { name: 'model', flag: '--model', key: 'model' },
  { name: 'baseUrl', flag: '--base-url', key: 'baseUrl' },
  { name: 'api', flag: '--api', key: 'api' },
  { name: 'observerModel', flag: '--observer-model', key: 'observer.model' },
  { name: 'wink', flag: '--wink', key: 'observer.mode' },
  { name: 'approval', flag: '--approval', key: 'approval' },
  { name: 'allow', flag: '--allow', key: 'permissions.allow' },
  { name: 'deny', flag: '--deny', key: 'permissions.deny' },
  { name: 'addDirs', flag: '--add-dir', key: 'addDirs' },
  { name: 'maxTurns', flag: '--max-turns', key: 'maxTurns' },
  { name: 'maxCostUsd', flag: '--max-cost', key: 'maxCostUsd' },
  { name: 'maxTokens', flag: '--max-tokens', key: 'maxTokens' },
  { name: 'timeoutSeconds', flag: '--timeout', key: 'timeoutSeconds' },
];

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
  'hooks.PreToolUse',
  'hooks.PostToolUse',
  'hooks.UserPromptSubmit',
  'hooks.Stop',
  'hooks.SubagentStop',
  'hooks.PreCompact',
  'hooks.SessionStart',
  'hooks.SessionEnd',
  'hooks.Notification',
  'hookFiles',
]);

/**
 * What a repository may not set before the user trusted it, with the reason shown. A key stands for all keys below it; `when`
 * narrows it to dangerous values, given what the user has set for the key.
 */
export const trustedOnlyKeys: readonly {
  key: string;
  reason: string;
  when?: (value: unknown, own: unknown) => boolean;
}[] = [
  { key: 'mcpServers', reason: 'can run code' },
  { key: 'hooks', reason: 'can run code' },
  { key: 'hookFiles', reason: 'can run code' },
  // A key could be made to change the mode, a colour to hide what a question asks; the status line runs a command.
  { key: 'ui', reason: 'can change what your keys do and what questions show, and run code' },
  { key: 'subagents', reason: 'would raise your limit' },
  { key: 'diagnostics', reason: 'can run code' },
  { key: 'web', reason: 'can move data to another host and run code' },
  { key: 'providers', reason: 'can move data to another host and run code' },
  { key: 'baseUrl', reason: 'can move data to another host' },
  { key: 'api', reason: 'is part of where your data go' },
  { key: 'model', reason: 'can move data to another host or spend more' },
  { key: 'fallbackModel', reason: 'can move data to another host or spend more' },
  { key: 'reasoningEffort', reason: 'can spend more' },
  { key: 'contextWindow', reason: 'can spend more' },
  { key: 'maxOutputTokens', reason: 'can spend more' },
  { key: 'retry', reason: 'can spend more' },
  { key: 'compaction', reason: 'can spend more' },
  { key: 'mcpToolShare', reason: 'can spend more' },
  { key: 'observer', reason: 'can switch off what watches over the agent' },
  { key: 'experiment', reason: 'can switch off what watches over the agent' },
  { key: 'approval', reason: 'can lift a permission' },
  { key: 'permissions.allow', reason: 'can lift a permission' },
  { key: 'addDirs', reason: 'can lift a permission' },
  { key: 'sandbox', reason: 'can lift a permission' },
  { key: 'checkpoints', reason: 'can turn off a protection' },
  { key: 'retention', reason: 'can delete sessions' },
  { key: 'telemetry', reason: 'can move data to another host' },
  { key: 'prices', reason: 'can lift your limit of money' },
  { key: 'maxTurns', reason: 'would raise your limit', when: raises },
  { key: 'maxTokens', reason: 'would raise your limit', when: raises },
  { key: 'maxCostUsd', reason: 'would raise your limit', when: raises },
  { key: 'timeoutSeconds', reason: 'would raise your limit', when: raises },
];

function raises(value: unknown, own: unknown): boolean {
  return typeof own === 'number' && !(typeof value === 'number' && value <= own);
}
