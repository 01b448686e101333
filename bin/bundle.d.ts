import type { BuildOptions } from 'esbuild';

export const bundleSettings: BuildOptions;
