import type { ResolvedModels } from '../providers/resolve-models.ts';

/** The keys in use: what they are is known, so they are taken out of whatever is written, whatever they look like. */
export function secretsOf({ models }: { readonly models: ResolvedModels }): string[] {
  return [models.main, models.fallback, models.observer].flatMap((settings) =>
    settings?.apiKey ? [settings.apiKey] : [],
  );
}
