import { UserError } from '../core/errors.ts';
import type { Price } from './known-models.ts';

/** What a server can't do or does differently from OpenAI's. Absent means: as OpenAI does. */
export type Quirks = {
  /** false: tell the model's server to give one call at a time. */
  readonly parallelCalls?: boolean;
  /** false: the wanted JSON schema is put in words instead of `response_format`. */
  readonly jsonSchema?: boolean;
  /** true: the system prompt is sent with role `developer`. */
  readonly developerRole?: boolean;
  /** false: usage is not asked for in streams and is estimated. */
  readonly streamUsage?: boolean;
  /** The field for the output limit; default max_completion_tokens at OpenAI and max_tokens elsewhere. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** The field in which the model's own reasoning goes back with its tool calls (DeepSeek and Kimi ask for it). */
  readonly returnReasoning?: 'reasoning_content' | 'reasoning';
  /** true: requests of a session carry `prompt_cache_key`; default only at OpenAI. */
  readonly promptCacheKey?: boolean;
  /** true: an assistant's message comes between a tool's result and the user's, call ids have nine letters or digits; default for Mistral's models. */
  readonly strictOrder?: boolean;
  /** true: calls that another model made carry the words by which Gemini 3 takes them without a signature; default for Google's Gemini 3 and later. */
  readonly thoughtSignatures?: boolean;
  /** true: breakpoints for the prompt cache are in the messages (Chat Completions); default for Claude at OpenRouter. */
  readonly cacheControl?: boolean;
  /** true: the server is asked why its prompt cache was missed (Messages API); default at Anthropic. */
  readonly cacheDiagnostics?: boolean;
};

/** OpenAI's Chat Completions and Responses, Anthropic's Messages. */
export type Api = 'chat' | 'responses' | 'messages';

export type ModelSettings = {
  /** As wink-agent names it, for who is told what was asked. */
  readonly provider?: string;
  /** The model's name as the server knows it. */
  readonly name: string;
  /** Ends in /v1 for most servers. */
  readonly baseUrl: string;
  /** Absent or empty: no Authorization header is sent (local servers). */
  readonly apiKey?: string;
  /** Where the key comes from and how to give another, as a sentence for who learns that it was refused. */
  readonly keyAdvice?: string;
  readonly api: Api;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reasoningEffort?: string;
  /** Tokens; overrides the table of known models. */
  readonly contextWindow?: number;
  /** Prices of models, in addition to the known ones or in their place, by model name. */
  readonly prices?: Readonly<Record<string, Price>>;
  readonly quirks?: Quirks;
  readonly maxOutputTokens?: number;
  /** How often one answer is asked again at most (default 8). */
  readonly maxRetries?: number;
  /** Seconds that one answer may lose to waits and silence before we give up (default 300). */
  readonly giveUpAfterSeconds?: number;
  /** Seconds for which a server that is down, overloaded or limits us is waited for, however many tries that takes (default 0: as other faults). */
  readonly outageSeconds?: number;
  /** Seconds of silence in the middle of an answer after which it is asked again (default 120). */
  readonly idleTimeoutSeconds?: number;
  /** Seconds until an answer begins, thinking included (default 290, below the 300 of Node's fetch). */
  readonly firstByteTimeoutSeconds?: number;
  /** Milliseconds of the first wait before a retry; doubles up to 30 s (default 500). */
  readonly firstRetryWaitMs?: number;
  /** Where proxies are looked up (default process.env). */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

export type ModelLimits = {
  readonly maxRetries: number;
  readonly giveUpAfterMs: number;
  readonly outageMs: number;
  readonly idleTimeoutMs: number;
  readonly firstByteTimeoutMs: number;
  readonly firstRetryWaitMs: number;
};

/** The limits of a setting with the defaults filled in. */
export function readLimits(settings: ModelSettings): ModelLimits {
  return {
    maxRetries: settings.maxRetries ?? 8,
    giveUpAfterMs: (settings.giveUpAfterSeconds ?? 300) * 1000,
    outageMs: (settings.outageSeconds ?? 0) * 1000,
    idleTimeoutMs: (settings.idleTimeoutSeconds ?? 120) * 1000,
    firstByteTimeoutMs: (settings.firstByteTimeoutSeconds ?? 290) * 1000,
    firstRetryWaitMs: settings.firstRetryWaitMs ?? 500,
  };
}

/** OpenAI's own servers know fields that compatible ones may refuse. */
export function isOpenAi(settings: ModelSettings): boolean {
  return /^https:\/\/([a-z]+\.)?api\.openai\.com\//.test(`${settings.baseUrl}/`);
}

/** Throws UserError for a base URL that nothing can be asked at. Credentials in a URL would end up in messages and logs. */
export function checkBaseUrl(settings: ModelSettings): void {
  const url = URL.canParse(settings.baseUrl) ? new URL(settings.baseUrl) : undefined;
  if (url?.username || url?.password) {
    throw new UserError(
      'The base URL holds a name or password; put the key in OPENAI_API_KEY or in the configuration instead.',
    );
  }
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UserError(
      `The base URL ${JSON.stringify(settings.baseUrl)} is not a URL; give one like https://api.openai.com/v1.`,
    );
  }
}

/** Takes the key and other secret header values out of a text: some servers repeat them in their errors. */
export function hideSecrets(settings: ModelSettings, text: string): string {
  const secrets = [settings.apiKey ?? '', ...Object.values(settings.headers ?? {})].filter(
    (secret) => secret.length >= 8,
  );
  return secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '[key]'), text);
}
