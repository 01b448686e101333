import { knownModels } from './known-models.ts';

/** US dollars per million tokens. */
export type Price = { readonly input: number; readonly cachedInput?: number; readonly output: number };

export type KnownModel = { readonly contextWindow?: number; readonly price?: Price };

/**
 * What is known of a model by its name: an exact entry, or the one that the name begins with after its provider's prefix
 * ("openai/gpt-5.1", "gpt-5.1-2025-11-13"), the longest first. undefined when there is none.
 */
export function findModel(name: string): KnownModel | undefined {
  const bare = name.toLowerCase().replace(/^.*\//, '').replace(/:.*$/, '');
  let best: string | undefined;
  for (const known of Object.keys(knownModels)) {
    const isVersion = bare.startsWith(known) && /^(-\d.*|-latest|-preview.*|@.*)?$/.test(bare.slice(known.length));
    if (isVersion && known.length > (best?.length ?? 0)) best = known;
  }
  return best === undefined ? undefined : knownModels[best];
}

/**
 * The cost of an answer in US dollars; null when the model's price is unknown, never 0 for unknown. `own` are the user's prices
 * by model name, which go first. Cached tokens cost the full price where no price for them is known.
 */
export function costOf(
  name: string,
  tokens: { readonly input: number; readonly cached: number; readonly output: number },
  own: Readonly<Record<string, Price>> = {},
): number | null {
  const price = own[name] ?? findModel(name)?.price;
  if (!price) return null;
  const cached = Math.min(tokens.cached, tokens.input);
  const cost =
    (tokens.input - cached) * price.input + cached * (price.cachedInput ?? price.input) + tokens.output * price.output;
  return cost / 1_000_000;
}
