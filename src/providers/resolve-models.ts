import { UserError } from '../core/errors.ts';
import type { Api, ModelSettings as ClientSettings, Quirks } from '../model/model-settings.ts';
import { findKey } from './api-keys.ts';
import {
  chooseProvider,
  findPreset,
  type ProviderChoice,
  type ProviderSettings,
  type Rank,
} from './choose-provider.ts';
import { keyAdvice } from './key-advice.ts';

/** The part of the configuration that says which models are used. */
export type ModelConfig = {
  readonly model?: string | undefined;
  readonly fallbackModel?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly api?: Api | undefined;
  readonly reasoningEffort?: string | undefined;
  readonly contextWindow?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly prices: Readonly<
    Record<string, { input: number; cachedInput?: number; cacheWrite?: number; output: number }>
  >;
  readonly retry: {
    readonly maxRetries: number;
    readonly giveUpAfterSeconds: number;
    readonly outageSeconds: number;
    readonly idleTimeoutSeconds: number;
    readonly firstByteTimeoutSeconds: number;
  };
  readonly observer: { readonly model?: string | undefined };
};

/** What the model client is opened with, every choice made, and which provider it is. */
export type ModelSettings = Omit<ClientSettings, Chosen | 'firstRetryWaitMs' | 'env'> &
  Required<Pick<ClientSettings, Chosen>> & {
    readonly provider: string;
    /** How many requests its server answers at once, where the user says so. */
    readonly slots?: number;
  };

/** What is always said here, and may be left out by others that open a client. */
type Chosen =
  | 'prices'
  | 'quirks'
  | 'maxRetries'
  | 'giveUpAfterSeconds'
  | 'outageSeconds'
  | 'idleTimeoutSeconds'
  | 'firstByteTimeoutSeconds';

export type ResolvedModels = {
  readonly main: ModelSettings;
  readonly fallback?: ModelSettings;
  /** The observer's: as the user said, else the cheaper one of the same provider, else the main one. Never of another provider unasked. */
  readonly observer: ModelSettings;
};

export type ResolveOptions = {
  readonly config: ModelConfig;
  /** As loadConfig gives them. */
  readonly origins: ReadonlyMap<string, string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** $WINK_HOME. */
  readonly home: string;
};

/**
 * The models of a run from configuration, environment and flags: `ollama/qwen3-coder` becomes an address, a name and what that server
 * can't do. undefined when no model is configured. Throws UserError for an unknown provider or a missing key.
 */
export async function resolveModels(options: ResolveOptions): Promise<ResolvedModels | undefined> {
  const { config } = options;
  if (config.model === undefined) return undefined;
  const choice = choose(config.model, 'model', options);
  const main = await settle(choice, options);
  const fallback =
    config.fallbackModel === undefined
      ? undefined
      : await settle(choose(config.fallbackModel, 'fallbackModel', options), options);
  return {
    main,
    ...(fallback === undefined ? {} : { fallback }),
    observer: await resolveObserver(main, choice, options),
  };
}

function choose(model: string, key: string, { config, origins, env }: ResolveOptions): ProviderChoice {
  const wanted = {
    model,
    modelRank: rankOf(origins.get(key)),
    baseUrl: config.baseUrl,
    baseUrlRank: rankOf(origins.get('baseUrl')),
  };
  return chooseProvider(wanted, { providers: config.providers, env });
}

/**
 * Another model than the one in use, as `/model NAME` wants it: of the same endpoint, unless the name begins with a provider.
 * `isAmong`: the endpoint in use lists this very name, so what looks like a provider in it isn't one.
 */
export async function resolveNamed(
  model: string,
  { inUse, isAmong, ...options }: ResolveOptions & { readonly inUse: ModelSettings; readonly isAmong: boolean },
): Promise<ModelSettings> {
  const { config, env, origins } = options;
  if (isAmong || !model.includes('/')) {
    const { provider: providerName, baseUrl } = inUse;
    return settle({ name: model, providerName, preset: findPreset(providerName), baseUrl }, options);
  }
  const wanted = { model, modelRank: 3, baseUrl: config.baseUrl, baseUrlRank: rankOf(origins.get('baseUrl')) } as const;
  return settle(chooseProvider(wanted, { providers: config.providers, env }), options);
}

async function resolveObserver(
  main: ModelSettings,
  choice: ProviderChoice,
  options: ResolveOptions,
): Promise<ModelSettings> {
  const { config } = options;
  const named = config.observer.model;
  if (named?.includes('/')) return settle(choose(named, 'observer.model', options), options);
  const cheaper = config.providers[choice.providerName]?.observerModel ?? choice.preset?.observerModel;
  const { reasoningEffort: _, contextWindow: __, ...rest } = main;
  return { ...rest, name: named ?? cheaper ?? main.name };
}

function rankOf(origin: string | undefined): Rank {
  if (origin === undefined) return 0;
  if (origin.startsWith('flag ')) return 3;
  return origin.startsWith('environment ') ? 2 : 1;
}

/** Several makers serve Anthropic's API below such a path, next to OpenAI's. */
function apiOf(baseUrl: string): Api {
  return /\/anthropic(\/v\d+)?\/*$/.test(baseUrl) ? 'messages' : 'chat';
}

function breakpointsOf({ preset, name }: ProviderChoice): Quirks {
  return preset?.wantsBreakpoints?.test(name) ? { cacheControl: true } : {};
}

async function settle(choice: ProviderChoice, { config, env, home }: ResolveOptions): Promise<ModelSettings> {
  const settings = config.providers[choice.providerName] ?? {};
  const { preset } = choice;
  if (choice.name === '') throw new UserError(`The model's name is missing after \`${choice.providerName}/\`.`);
  const key = await findKey(choice, settings, env, home);
  const takesEffort = preset?.takesEffort ?? true;
  return {
    provider: choice.providerName,
    name: choice.name,
    baseUrl: choice.baseUrl.replace(/\/+$/, ''),
    api: config.api ?? settings.api ?? preset?.api ?? apiOf(choice.baseUrl),
    ...(key === undefined ? {} : { apiKey: key.value }),
    keyAdvice: keyAdvice(choice, key),
    ...(settings.headers === undefined ? {} : { headers: settings.headers }),
    ...(config.reasoningEffort !== undefined && takesEffort ? { reasoningEffort: config.reasoningEffort } : {}),
    ...(config.contextWindow === undefined ? {} : { contextWindow: config.contextWindow }),
    ...(config.maxOutputTokens === undefined ? {} : { maxOutputTokens: config.maxOutputTokens }),
    ...(settings.slots === undefined ? {} : { slots: settings.slots }),
    prices: config.prices,
    quirks: { ...preset?.quirks, ...breakpointsOf(choice), ...settings.quirks },
    ...config.retry,
  };
}
