import { join } from 'node:path';
import { setInFile } from '../config/set-value.ts';
import { ModelError } from '../core/errors.ts';
import { readVersion } from '../core/version.ts';
import { listModels } from '../model/list-models.ts';
import { runFirstRun } from '../modes/interactive.tsx';
import { keyFile, saveKey } from '../providers/api-keys.ts';
import { findLocalServers } from '../providers/local-servers.ts';
import { presets } from '../providers/presets.ts';
import type { Setup } from '../session/setup.ts';
import type { Endpoint, EndpointCheck } from '../ui/panels/first-run/first-run.tsx';

/** How long an endpoint may take to list its models before the name is asked for without a list. */
const listMs = 5000;

/** The name of an endpoint of the user's own in their configuration. */
const ownProvider = 'own';

/** No model is configured: asks how to get one, tries it, and keeps the answer in the user's configuration. */
export async function chooseFirstModel(setup: Setup): Promise<'configured' | 'demo' | 'leave'> {
  const choice = await runFirstRun({
    info: {
      version: readVersion(),
      hasReducedMotion: setup.loaded.config.ui.reducedMotion,
      notices: setup.warnings,
    },
    findServers: findLocalServers,
    providers: presets.filter(({ isLocal, baseUrl }) => !isLocal && baseUrl !== ''),
    check: checkEndpoint,
    keyPlace: keyFile(setup.home),
  });
  if (choice.kind === 'demo' || choice.kind === 'leave') return choice.kind;
  const provider = choice.kind === 'local' ? choice.provider : await keepEndpoint(setup, choice.endpoint);
  await setInFile(join(setup.home, 'config.json'), 'model', `${provider}/${choice.model}`);
  return 'configured';
}

/** Keeps an endpoint and its key; gives the name under which it is known from now on. */
async function keepEndpoint(setup: Setup, endpoint: Endpoint): Promise<string> {
  const provider = endpoint.kind === 'provider' ? endpoint.provider : ownProvider;
  if (endpoint.kind === 'address')
    await setInFile(join(setup.home, 'config.json'), `providers.${ownProvider}.baseUrl`, endpoint.baseUrl);
  if (endpoint.key !== '') await saveKey(setup.home, provider, endpoint.key);
  return provider;
}

/** Whether the endpoint takes the key, by asking for its models. */
async function checkEndpoint(endpoint: Endpoint): Promise<EndpointCheck> {
  const preset = endpoint.kind === 'provider' ? presets.find(({ name }) => name === endpoint.provider) : undefined;
  const baseUrl = endpoint.kind === 'address' ? endpoint.baseUrl : (preset?.baseUrl ?? '');
  const settings = {
    name: '',
    baseUrl,
    apiKey: endpoint.key,
    api: preset?.api ?? 'chat',
    giveUpAfterSeconds: 5,
  } as const;
  const signal = AbortSignal.timeout(listMs);
  try {
    return { state: 'works', models: (await listModels(settings, signal)).map(({ name }) => name) };
  } catch (error) {
    if (error instanceof ModelError)
      return { state: error.kind === 'auth' ? 'refused' : 'unknown', detail: error.message };
    if (signal.aborted) return { state: 'unknown', detail: `${baseUrl} gave no answer within ${listMs / 1000} s.` };
    throw error;
  }
}
