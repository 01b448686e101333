import type { KnownModel } from './prices.ts';

export const knownModels: Readonly<Record<string, KnownModel>> = {};
