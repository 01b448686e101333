import type { Api, Quirks } from '../model/model-settings.ts';

export type Preset = {
  /** What comes before the `/` of a model's name. */
  readonly name: string;
  readonly label: string;
  readonly baseUrl: string;
  /** Variable that replaces the base URL; `complete` makes an API root of its value. */
  readonly baseUrlVariable?: { readonly name: string; readonly complete: (value: string) => string };
  /** Variables that may hold the key, first one first. Empty for servers that want none. */
  readonly keyVariables: readonly string[];
  readonly isLocal: boolean;
  /** Its own models have a slash in their names (openai/gpt-5 at OpenRouter), so a prefix need not be a provider. */
  readonly hasSlashes: boolean;
  /** Its name is used as such a prefix by others. */
  readonly isVendor: boolean;
  readonly api: Api;
  readonly takesEffort: boolean;
  readonly quirks: Quirks;
  /** Models whose prompt cache wants breakpoints in the messages; those of others work by themselves. */
  readonly wantsBreakpoints?: RegExp;
  /** A path that only a valid key may read, where the list of models is everybody's. */
  readonly keyPath?: string;
  /** Cheaper model of the same provider for the observer; absent: the one that does the work. */
  readonly observerModel?: string;
};

const hosted = {
  isLocal: false,
  hasSlashes: false,
  isVendor: false,
  api: 'chat',
  takesEffort: true,
  quirks: {},
} as const;
const local = { ...hosted, isLocal: true, hasSlashes: true, keyVariables: [], takesEffort: false } as const;

/** Sources: each provider's own API reference; Mistral refuses unknown fields with 422 (stream_options, max_completion_tokens). */
export const presets: readonly Preset[] = [
  {
    ...hosted,
    name: 'openai',
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    keyVariables: ['OPENAI_API_KEY'],
    isVendor: true,
    api: 'responses',
    quirks: { developerRole: true },
    observerModel: 'gpt-6-luna',
  },
  {
    ...hosted,
    name: 'openrouter',
    label: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariables: ['OPENROUTER_API_KEY'],
    hasSlashes: true,
    isVendor: true,
    wantsBreakpoints: /claude/i,
    keyPath: '/key',
  },
  {
    ...hosted,
    name: 'anthropic',
    label: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    baseUrlVariable: { name: 'ANTHROPIC_BASE_URL', complete: (value) => value },
    keyVariables: ['ANTHROPIC_API_KEY'],
    isVendor: true,
    api: 'messages',
    quirks: { cacheDiagnostics: true },
    observerModel: 'claude-haiku-5-5',
  },
  {
    ...hosted,
    name: 'google',
    label: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    isVendor: true,
    quirks: { thoughtSignatures: true },
    observerModel: 'gemini-3.8-flash',
  },
  {
    ...hosted,
    name: 'azure',
    label: 'Azure OpenAI',
    baseUrl: '',
    baseUrlVariable: { name: 'AZURE_OPENAI_ENDPOINT', complete: (value) => withPath(value, '/openai/v1') },
    keyVariables: ['AZURE_OPENAI_API_KEY'],
    quirks: { maxTokensField: 'max_completion_tokens' },
  },
  {
    ...hosted,
    name: 'mistral',
    label: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariables: ['MISTRAL_API_KEY'],
    isVendor: true,
    takesEffort: false,
    quirks: { streamUsage: false, maxTokensField: 'max_tokens', strictOrder: true },
    observerModel: 'mistral-small-latest',
  },
  {
    ...hosted,
    name: 'deepseek',
    label: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    keyVariables: ['DEEPSEEK_API_KEY'],
    isVendor: true,
    quirks: { jsonSchema: false, returnReasoning: 'reasoning_content' },
    observerModel: 'deepseek-flash',
  },
  {
    ...hosted,
    name: 'groq',
    label: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariables: ['GROQ_API_KEY'],
    hasSlashes: true,
    quirks: { jsonSchema: false, maxTokensField: 'max_completion_tokens' },
    observerModel: 'openai/gpt-oss-20b',
  },
  {
    ...hosted,
    name: 'together',
    label: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    keyVariables: ['TOGETHER_API_KEY'],
    hasSlashes: true,
  },
  {
    ...local,
    name: 'ollama',
    label: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    baseUrlVariable: { name: 'OLLAMA_HOST', complete: ollamaUrl },
    takesEffort: true,
  },
  { ...local, name: 'lmstudio', label: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
  { ...local, name: 'llamacpp', label: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
  { ...local, name: 'vllm', label: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
];

function withPath(value: string, path: string): string {
  const root = value.replace(/\/+$/, '');
  return root.endsWith(path) ? root : root + path;
}

/** OLLAMA_HOST may lack scheme and port, and 0.0.0.0 is where the server listens, not where one calls it. */
function ollamaUrl(value: string): string {
  const url = new URL(/^https?:\/\//.test(value) ? value : `http://${value}`);
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.port === '' && !/:(80|443)(\/|$)/.test(value)) url.port = url.protocol === 'https:' ? '' : '11434';
  return withPath(url.toString(), '/v1');
}
