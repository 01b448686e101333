type Rates = {
  readonly input: number;
  readonly cachedInput?: number;
  /** Of tokens that are written to the prompt cache; absent: as any other input. */
  readonly cacheWrite?: number;
  readonly output: number;
};

/** US dollars per million tokens; some models cost more for prompts `above` a number of tokens. */
export type Price = Rates & { readonly longPrompt?: Rates & { readonly above: number } };

export type KnownModel = { readonly contextWindow?: number; readonly price?: Price };

const claude = (input: number, cachedInput: number, output: number, contextWindow: number): KnownModel => ({
  contextWindow,
  price: { input, cachedInput, cacheWrite: input * 1.25, output },
});
const gpt = (input: number, cachedInput: number, output: number, contextWindow: number): KnownModel => ({
  contextWindow,
  price: { input, cachedInput, output },
});
/** OpenAI's models with a window of 1,050,000: above 272,000 tokens the whole request costs twice as much in and half more out. */
const gptLong = (input: number, cachedInput: number, output: number): KnownModel => ({
  contextWindow: 1_050_000,
  price: {
    input,
    cachedInput,
    output,
    longPrompt: { above: 272_000, input: input * 2, cachedInput: cachedInput * 2, output: output * 1.5 },
  },
});
const million = 1_000_000;

/**
 * Known models: US dollars per million tokens and context window in tokens. Read on 24 November 2026 from
 * - Anthropic, platform.claude.com/docs/en/about-claude/pricing and its model overview;
 * - OpenAI, the model pages below developers.openai.com/api/docs/models, and GitHub's table of the same prices
 *   (github/docs, data/tables/copilot/models-and-pricing.yml);
 * - Google, ai.google.dev/gemini-api/docs/pricing (the price of gemini-3.8-flash is promised until 31 December 2026).
 * Models whose price changes with the hour (DeepSeek) have a window and no price. Names are written with `-` for every `.`.
 */
export const knownModels: Readonly<Record<string, KnownModel>> = {
  'claude-fable-5-1': claude(10, 0.25, 50, million),
  'claude-fable-5': claude(10, 1, 50, million),
  'claude-opus-5-5': claude(4, 0.2, 20, million),
  'claude-opus-5': claude(5, 0.5, 25, million),
  'claude-opus-4-8': claude(5, 0.5, 25, million),
  'claude-opus-4-7': claude(5, 0.5, 25, million),
  'claude-opus-4-6': claude(5, 0.5, 25, million),
  'claude-opus-4-5': claude(5, 0.5, 25, 200_000),
  'claude-opus-4-1': claude(15, 1.5, 75, 200_000),
  'claude-sonnet-5-5': claude(2, 0.1, 10, million),
  'claude-sonnet-5': claude(2, 0.2, 10, million),
  'claude-sonnet-4-6': claude(3, 0.3, 15, million),
  'claude-sonnet-4-5': claude(3, 0.3, 15, 200_000),
  'claude-sonnet-4': claude(3, 0.3, 15, 200_000),
  'claude-haiku-5-5': {
    contextWindow: million,
    price: {
      input: 0.1,
      cachedInput: 0.01,
      cacheWrite: 0.125,
      output: 0.5,
      longPrompt: { above: 100_000, input: 0.5, cachedInput: 0.05, cacheWrite: 0.625, output: 2.5 },
    },
  },
  'claude-haiku-4-5': claude(1, 0.1, 5, 200_000),
  'gpt-6-1-sol': gptLong(2, 0.1, 10),
  'gpt-6-1-terra': gptLong(1, 0.05, 5),
  'gpt-6-luna': gptLong(0.1, 0.01, 0.5),
  'gpt-5-6-terra': gptLong(2, 0.2, 12),
  'gpt-5-6-luna': gptLong(0.2, 0.02, 1.2),
  'gpt-5-4': gptLong(2.5, 0.25, 15),
  'gpt-5-4-mini': gpt(0.75, 0.075, 4.5, 400_000),
  'gpt-5-3-codex': gpt(1.75, 0.175, 14, 400_000),
  'gpt-5-2-codex': gpt(1.75, 0.175, 14, 400_000),
  'gpt-5-2': gpt(1.75, 0.175, 14, 400_000),
  'gpt-5-1': gpt(1.25, 0.125, 10, 400_000),
  'gpt-5-codex': gpt(1.25, 0.125, 10, 400_000),
  'gpt-5': gpt(1.25, 0.125, 10, 400_000),
  'gpt-5-mini': gpt(0.25, 0.025, 2, 400_000),
  'gpt-5-nano': gpt(0.05, 0.005, 0.4, 400_000),
  'gpt-4-1': gpt(2, 0.5, 8, 1_047_576),
  'gpt-4o': gpt(2.5, 1.25, 10, 128_000),
  'gpt-4o-mini': gpt(0.15, 0.075, 0.6, 128_000),
  'gemini-3-8-flash': gpt(0.75, 0.075, 3.75, 1_048_576),
  'gemini-2-5-pro': {
    contextWindow: 1_048_576,
    price: {
      input: 1.25,
      cachedInput: 0.125,
      output: 10,
      longPrompt: { above: 200_000, input: 2.5, cachedInput: 0.25, output: 15 },
    },
  },
  'deepseek-flash': { contextWindow: million },
  'deepseek-v4-flash': { contextWindow: million },
  'deepseek-v4-pro': { contextWindow: million },
};
