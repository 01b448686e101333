import { join } from 'node:path';
import type { LoadedConfig } from '../config/load-config.ts';
import { setInFile } from '../config/set-value.ts';
import type { Quirks } from '../model/model-settings.ts';
import { type ModelSettings, resolveModels } from '../providers/resolve-models.ts';
import type { Check } from './checks.ts';
import { tryModel } from './try-model.ts';

/** `doctor --try`: what the configured model really does, and with `save` the quirks written to the user's configuration. */
export async function checkByTrial(
  loaded: LoadedConfig,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  options: { readonly save: boolean; readonly config?: string },
): Promise<Check[]> {
  const models = await resolveModels({ config: loaded.config, origins: loaded.origins, env, home });
  if (models === undefined) return [];
  const { checks, quirks } = await tryModel(models.main, new AbortController().signal);
  const file = options.config ?? join(home, 'config.json');
  return [...checks, await settleQuirks(models.main, quirks, options.save ? file : undefined)];
}

async function settleQuirks({ provider }: ModelSettings, quirks: Quirks, file: string | undefined): Promise<Check> {
  const name = 'Try: quirks';
  const found = Object.entries(quirks);
  if (found.length === 0) return { name, state: 'ok', detail: 'none beyond what is configured' };
  const detail = found.map(([quirk, value]) => `${quirk}: ${String(value)}`).join(', ');
  if (provider === 'custom')
    return {
      name,
      state: 'warn',
      detail,
      fix: 'give the endpoint a name to keep them: providers.NAME.baseUrl and providers.NAME.quirks, then --model NAME/MODEL',
    };
  if (file === undefined)
    return { name, state: 'warn', detail, fix: `add --save to write them to providers.${provider}.quirks` };
  for (const [quirk, value] of found) await setInFile(file, ['providers', provider, 'quirks', quirk], value);
  return { name, state: 'ok', detail: `${detail}; written to ${file}` };
}
