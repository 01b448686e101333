import { type KnownModel, knownModels, type Price } from './known-models.ts';

/**
 * What is known of a model by its name, whatever provider comes before it and whatever date behind it ("openai/gpt-5.1",
 * "gpt-5.1-2025-11-13"). undefined when there is nothing: another version of a known model is another model.
 */
export function findModel(name: string): KnownModel | undefined {
  const bare = name.toLowerCase().replace(/^.*\//, '').replace(/:.*$/, '').replaceAll('.', '-');
  const undated = bare.replace(/-(latest|preview|\d{3}|(preview-)?\d{4}(-?\d{2}-?\d{2})?|\d{2}-\d{2})$/, '');
  const known = [bare, undated].find((candidate) => Object.hasOwn(knownModels, candidate));
  return known === undefined ? undefined : knownModels[known];
}

/**
 * The cost of an answer in US dollars; null when the model's price is unknown, never 0 for unknown. `own` are the user's prices
 * by model name, which go first. Cached tokens cost the full price where no price for them is known.
 */
export function costOf(
  name: string,
  tokens: { readonly input: number; readonly cached: number; readonly written?: number; readonly output: number },
  own: Readonly<Record<string, Price>> = {},
): number | null {
  const price = own[name] ?? findModel(name)?.price;
  if (!price) return null;
  const rates = price.longPrompt && tokens.input > price.longPrompt.above ? price.longPrompt : price;
  const cached = Math.min(tokens.cached, tokens.input);
  const written = Math.min(tokens.written ?? 0, tokens.input - cached);
  const cost =
    (tokens.input - cached - written) * rates.input +
    cached * (rates.cachedInput ?? rates.input) +
    written * (rates.cacheWrite ?? rates.input) +
    tokens.output * rates.output;
  return cost / 1_000_000;
}
