import type { Config } from './schema.ts';

/** What the schema gives for an empty configuration, written down so that a start without files need not build it. A test holds the two equal. */
export const defaults: Config = {
  providers: {},
  prices: {},
  approval: 'ask',
  permissions: {
    allow: [],
    ask: [],
    deny: [],
  },
  addDirs: [],
  sandbox: {
    mode: 'auto',
    network: true,
  },
  checkpoints: {
    enabled: true,
    maxFileMegabytes: 10,
  },
  retention: {
    days: 30,
    megabytes: 1000,
  },
  retry: {
    maxRetries: 8,
    giveUpAfterSeconds: 300,
    idleTimeoutSeconds: 120,
    firstByteTimeoutSeconds: 290,
  },
  compaction: {
    atFraction: 0.8,
    keepSteps: 6,
  },
  mcpServers: {},
  mcpToolShare: 0.1,
  hooks: {
    sessionStart: [],
    beforeTool: [],
    afterTool: [],
    sessionEnd: [],
  },
  web: { enabled: true, privateHosts: [] },
  diagnostics: { enabled: true, servers: {} },
  hookFiles: [],
  subagents: {
    enabled: true,
    maxRunning: 4,
    maxTotal: 40,
    maxDepth: 1,
    maxTurns: 80,
    models: {},
  },
  observer: {
    mode: 'on',
    policy: 'default',
    graceSteps: 2,
    cooldownSteps: 5,
    finalWaitSeconds: 20,
    maxReminders: 12,
    judge: {
      level: 'standard',
      timeoutSeconds: 30,
      maxCalls: 40,
      maxTokens: 200000,
      maxCostUsd: 1,
      idleSeconds: 5,
    },
    instructionFiles: 'remind',
    completionReport: true,
    detectors: {},
    classes: {},
  },
  telemetry: { contents: false },
  ui: {
    theme: 'auto',
    notify: true,
    suggestLessons: true,
    keys: {},
    reducedMotion: false,
    accessible: false,
  },
};
