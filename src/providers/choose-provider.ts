import { UserError } from '../core/errors.ts';
import type { Api } from '../model/model-settings.ts';
import { type Preset, presets } from './presets.ts';

/** What the user configured for a provider, over the preset of the same name or as a provider of their own. */
export type ProviderSettings = {
  readonly baseUrl?: string | undefined;
  readonly keyVariable?: string | undefined;
  readonly keyCommand?: string | undefined;
  readonly api?: Api | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly quirks?: Preset['quirks'] | undefined;
  readonly observerModel?: string | undefined;
  readonly slots?: number | undefined;
};

/** How specific the place is that a value came from: a flag beats the environment, which beats the files. */
export type Rank = 0 | 1 | 2 | 3;

export type Wanted = {
  readonly model: string;
  readonly modelRank: Rank;
  readonly baseUrl: string | undefined;
  readonly baseUrlRank: Rank;
};

/** A provider and the name by which it knows the model. `preset` is absent for an endpoint that nothing is known of. */
export type ProviderChoice = {
  readonly name: string;
  readonly providerName: string;
  readonly preset: Preset | undefined;
  readonly baseUrl: string;
};

type Context = {
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/**
 * Whose model is meant. `PROVIDER/NAME` names a provider, unless a base URL was given whose own models have such names: then the
 * name is sent as it stands, so that a model bought through a router is never asked of its maker behind the user's back.
 */
export function chooseProvider(wanted: Wanted, context: Context): ProviderChoice {
  const slash = wanted.model.indexOf('/');
  const prefix = slash > 0 ? wanted.model.slice(0, slash) : undefined;
  const known = prefix !== undefined && isKnown(prefix, context) ? prefix : undefined;
  const rest = wanted.model.slice(slash + 1);
  if (wanted.baseUrl === undefined) {
    if (known !== undefined) return choose(known, rest, providerUrl(known, context));
    if (prefix !== undefined) throw new UserError(unknownProvider(prefix, context));
    return choose('openai', wanted.model, providerUrl('openai', context));
  }
  const host = presets.find(
    (preset) => preset.baseUrl !== '' && hostOf(preset.baseUrl) === hostOf(wanted.baseUrl ?? ''),
  );
  if (known !== undefined && known === host?.name && !host.hasSlashes) return choose(known, rest, wanted.baseUrl);
  const isLiteral =
    known === undefined || ((findPreset(known)?.isVendor ?? false) && (host === undefined || host.hasSlashes));
  if (isLiteral)
    return { name: wanted.model, providerName: host?.name ?? 'custom', preset: host, baseUrl: wanted.baseUrl };
  const isOwnUrl = wanted.modelRank > wanted.baseUrlRank || (host !== undefined && host.name !== known);
  return choose(known, rest, isOwnUrl ? providerUrl(known, context) : wanted.baseUrl);
}

function choose(providerName: string, name: string, baseUrl: string): ProviderChoice {
  return { name, providerName, preset: findPreset(providerName), baseUrl };
}

function isKnown(name: string, { providers }: Context): boolean {
  return Object.hasOwn(providers, name) || findPreset(name) !== undefined;
}

/** The preset of this name. */
export function findPreset(name: string): Preset | undefined {
  return presets.find((preset) => preset.name === name);
}

/** A provider's API root: the user's configuration, then the provider's own variable, then the preset. */
export function providerUrl(name: string, { providers, env }: Context): string {
  const configured = Object.hasOwn(providers, name) ? providers[name]?.baseUrl : undefined;
  if (configured !== undefined) return configured;
  const preset = findPreset(name);
  const variable = preset?.baseUrlVariable;
  const value = variable === undefined ? undefined : env[variable.name];
  if (variable !== undefined && value) return variable.complete(value);
  if (preset !== undefined && preset.baseUrl !== '') return preset.baseUrl;
  if (preset === undefined && configured === undefined && !Object.hasOwn(providers, name))
    throw new UserError(unknownProvider(name, { providers, env }));
  throw new UserError(
    variable === undefined
      ? `The provider ${name} has no address; set providers.${name}.baseUrl in the configuration.`
      : `${preset?.label ?? name} needs the address of your resource; set ${variable.name} or providers.${name}.baseUrl.`,
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function unknownProvider(prefix: string, { providers }: Context): string {
  const names = [...new Set([...presets.map((preset) => preset.name), ...Object.keys(providers)])].join(', ');
  return `There is no provider \`${prefix}\`; known are ${names}. For a model whose own name has a slash give --base-url, or put the provider before it.`;
}
