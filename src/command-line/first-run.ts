import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setInFile } from '../config/set.ts';
import { readVersion } from '../core/version.ts';
import { listModels } from '../model/list.ts';
import { runFirstRun } from '../modes/interactive.tsx';
import { keyFile, saveKey } from '../providers/keys.ts';
import { findLocalServers } from '../providers/local.ts';
import { type Preset, presets } from '../providers/presets.ts';
import type { Setup } from '../session/setup.ts';

/** How long a provider may take to list its models before the name is asked for without a list. */
const listMs = 5000;
const maxNames = 12;

/** No model is configured: asks how to get one and keeps the answer in the user's configuration. */
export async function chooseFirstModel(setup: Setup): Promise<'configured' | 'demo' | 'leave'> {
  const choice = await runFirstRun({
    info: { version: readVersion(), hasReducedMotion: setup.loaded.config.ui.reducedMotion },
    findServers: findLocalServers,
    providers: presets.filter(({ isLocal, baseUrl }) => !isLocal && baseUrl !== ''),
    keyPlace: keyFile(setup.home),
  });
  if (choice.kind === 'demo' || choice.kind === 'leave') return choice.kind;
  if (choice.kind === 'key') await saveKey(setup.home, choice.provider, choice.key);
  const model = choice.kind === 'local' ? choice.model : await askName(choice.provider, choice.key);
  if (!model) return 'leave';
  await setInFile(join(setup.home, 'config.json'), 'model', `${choice.provider}/${model}`);
  return 'configured';
}

/** The name of a model, typed; what the provider offers is shown above. Empty when the user gives none. */
async function askName(provider: string, apiKey: string): Promise<string> {
  const preset = presets.find(({ name }) => name === provider);
  const names = preset ? await listNames(preset, apiKey) : [];
  if (names.length > 0)
    process.stdout.write(`Models: ${names.slice(0, maxNames).join(', ')}${names.length > maxNames ? ', …' : ''}\n`);
  const line = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await line.question('Which model? ');
  line.close();
  return answer.trim();
}

async function listNames({ baseUrl, api }: Preset, apiKey: string): Promise<string[]> {
  try {
    const models = await listModels(
      { name: '', baseUrl, apiKey, api, giveUpAfterSeconds: 5 },
      AbortSignal.timeout(listMs),
    );
    return models.map(({ name }) => name);
  } catch {
    return [];
  }
}
