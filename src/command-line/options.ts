/** Commands and flags as data: the parser, `--help`, the completions and the manual are all made from this table. */
export type Flag = {
  readonly name: string;
  readonly type: 'string' | 'boolean';
  /** Shown in help in place of the value: `NAME`, `USD`, `plan|ask|edits|full`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly short?: string;
  readonly multiple?: boolean;
  readonly help: string;
};

export type Command = {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  /** What may follow it, for completion; absent: files. */
  readonly words?: readonly string[];
};

export const commands: readonly Command[] = [
  {
    name: 'demo',
    usage: 'demo [scenario]',
    help: 'offline: the real agent against a scripted model in a throw-away repository',
    words: ['fix', 'stuck-loop', 'tool-failures', 'forbidden-edit', 'hopeless'],
  },
  {
    name: 'resume',
    usage: 'resume [id]',
    help: 'continue a saved session (without an id, the newest of this repository)',
  },
  { name: 'sessions', usage: 'sessions [prune]', help: 'list saved sessions, or prune old ones', words: ['prune'] },
  {
    name: 'export',
    usage: 'export [session]',
    help: 'write a saved session as an HTML page or JSON lines, with keys removed',
  },
  { name: 'replay', usage: 'replay <files or folders...>', help: 'run the observer over saved sessions, offline' },
  {
    name: 'eval',
    usage: 'eval <datasets...>',
    help: 'measure precision, recall and delay of the observer against labels',
  },
  {
    name: 'report',
    usage: 'report [files or folders...]',
    help: 'figures over saved sessions; compare experiment arms',
  },
  { name: 'convert', usage: 'convert <files...>', help: "convert other agents' sessions to the dataset format" },
  { name: 'label', usage: 'label <files...>', help: 'label saved sessions by hand in the terminal' },
  { name: 'branch', usage: 'branch <session>', help: 'fork a session at a step, with and without a reminder' },
  {
    name: 'config',
    usage: 'config [list|get|set|unset|edit|path|schema]',
    help: 'the effective configuration and where each value comes from',
    words: ['list', 'get', 'set', 'unset', 'edit', 'path', 'schema'],
  },
  {
    name: 'login',
    usage: 'login PROVIDER',
    help: "ask for a provider's key, check it, and store it in the keychain or a private file",
    words: ['openai', 'openrouter', 'anthropic', 'google', 'azure', 'mistral', 'deepseek', 'groq', 'together'],
  },
  {
    name: 'mcp',
    usage: 'mcp add|list|remove|test|login|logout',
    help: 'MCP servers: add, try, sign in',
    words: ['add', 'list', 'remove', 'test', 'login', 'logout'],
  },
  { name: 'trust', usage: 'trust [folder]', help: "let a repository's own config, hooks and servers take effect" },
  {
    name: 'doctor',
    usage: 'doctor [--try]',
    help: 'check Node, config, key, endpoint, git, ripgrep, sandbox; --try sends real requests to the model',
    words: [],
  },
  {
    name: 'watch',
    usage: 'watch install|uninstall|status|report|wrong|serve [agent...]',
    help: 'the observer for Claude Code, Codex, Gemini CLI, opencode and pi',
    words: ['install', 'uninstall', 'status', 'report', 'wrong', 'serve'],
  },
  {
    name: 'github',
    usage: 'github prepare|publish',
    help: 'prepare and publish a run started by a GitHub event; used by the action',
    words: ['prepare', 'publish'],
  },
  { name: 'acp', usage: 'acp', help: 'inside an editor: the Agent Client Protocol on stdin and stdout', words: [] },
  {
    name: 'completions',
    usage: 'completions bash|zsh|fish|man',
    help: 'print a shell completion script or the manual',
    words: ['bash', 'zsh', 'fish', 'man'],
  },
];

export const apiChoices = ['chat', 'responses', 'messages'] as const;
export const winkChoices = ['on', 'shadow', 'off'] as const;
export const approvalChoices = ['plan', 'ask', 'edits', 'full'] as const;
export const inputChoices = ['text', 'stream-json'] as const;
export const outputChoices = ['text', 'json', 'stream-json'] as const;

export const runFlags: readonly Flag[] = [
  {
    name: 'print',
    short: 'p',
    type: 'boolean',
    help: 'headless: one task, then exit; piped input (or `-`) is the prompt or is added to it',
  },
  {
    name: 'model',
    short: 'm',
    type: 'string',
    value: 'NAME',
    help: 'model, also as provider/model (ollama/qwen3-coder)',
  },
  { name: 'base-url', type: 'string', value: 'URL', help: 'OpenAI-compatible endpoint' },
  {
    name: 'api',
    type: 'string',
    value: 'chat|responses|messages',
    choices: apiChoices,
    help: 'which API of the endpoint (default chat; responses or messages for a preset that prefers it)',
  },
  { name: 'observer-model', type: 'string', value: 'NAME', help: "the model of the observer's judge and adviser" },
  { name: 'wink', type: 'string', value: 'on|shadow|off', choices: winkChoices, help: 'the observer (default on)' },
  { name: 'shadow', type: 'boolean', help: 'the same as --wink shadow: log, never intervene' },
  {
    name: 'approval',
    type: 'string',
    value: 'plan|ask|edits|full',
    choices: approvalChoices,
    help: 'what may happen without a question (default ask; headless denies what it would ask)',
  },
  {
    name: 'allow',
    type: 'string',
    value: 'RULE',
    multiple: true,
    help: "a permission rule, e.g. 'shell(npm test:*)'; repeatable",
  },
  { name: 'deny', type: 'string', value: 'RULE', multiple: true, help: 'the opposite; deny wins; repeatable' },
  {
    name: 'output-format',
    type: 'string',
    value: 'text|json|stream-json',
    choices: outputChoices,
    help: 'what goes to stdout (default text)',
  },
  {
    name: 'output-schema',
    type: 'string',
    value: 'FILE',
    help: 'the answer is JSON that matches this JSON schema; retried once, then exit 1',
  },
  {
    name: 'input-format',
    type: 'string',
    value: 'text|stream-json',
    choices: inputChoices,
    help: "stream-json: the user's messages arrive on stdin, one per line (default text)",
  },
  { name: 'max-turns', type: 'string', value: 'N', help: 'stop after N steps (exit 3)' },
  { name: 'max-cost', type: 'string', value: 'USD', help: 'stop when the run has cost this much (exit 4)' },
  { name: 'max-tokens', type: 'string', value: 'N', help: 'stop after N tokens in and out (exit 4)' },
  { name: 'timeout', type: 'string', value: 'SECONDS', help: 'stop after this wall time (exit 5)' },
  { name: 'cwd', short: 'C', type: 'string', value: 'DIR', help: 'work in this folder' },
  {
    name: 'add-dir',
    type: 'string',
    value: 'DIR',
    multiple: true,
    help: 'another folder the tools may touch; repeatable',
  },
  { name: 'session', type: 'string', value: 'ID', help: 'continue this session, or give a new one this id' },
  { name: 'continue', short: 'c', type: 'boolean', help: 'continue the newest session of this repository' },
  { name: 'no-session', type: 'boolean', help: 'write no session file' },
  {
    name: 'artifact',
    type: 'string',
    value: 'FILE',
    help: 'at the end, write session, result and patch to FILE (.jsonl, or compressed .jsonl.gz)',
  },
  { name: 'trust', type: 'boolean', help: "trust this repository's own config for this run" },
  {
    name: 'config',
    type: 'string',
    value: 'FILE',
    help: "a further configuration file, over the user's and the repository's",
  },
  { name: 'verbose', type: 'boolean', help: 'more about retries, tools and the observer on stderr' },
  { name: 'version', short: 'v', type: 'boolean', help: 'print the version' },
  { name: 'help', short: 'h', type: 'boolean', help: 'print this help' },
];

export const demoFlags: readonly Flag[] = [
  { name: 'keep', type: 'string', value: 'DIR', help: 'use this empty or new folder and leave it' },
];
