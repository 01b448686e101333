import { extractPages } from '../../../tools/file/pdf.ts';
import { UserError } from '../../core/errors.ts';
import type { Tool } from '../../core/tool.ts';
import { findKey } from '../../providers/api-keys.ts';
import { makeFetchTool } from '../../web/fetch-tool.ts';
import { findSearchProvider } from '../../web/search/search-providers.ts';
import { makeSearchTool } from '../../web/search/search-tool.ts';
import type { Setup } from '../setup.ts';

export type WebTools = { readonly tools: readonly Tool[]; readonly close: () => Promise<void> };

/** The tools for the web as the configuration wants them. Nothing is asked, loaded or looked up before the first call. */
export function openWebTools(setup: Setup, mayReach: (host: string) => Promise<boolean>): WebTools {
  const { web } = setup.loaded.config;
  if (!web.enabled) return { tools: [], close: async () => {} };
  const { tool, close } = makeFetchTool({
    privateHosts: web.privateHosts,
    env: setup.env,
    mayReach,
    readPdf: extractPages,
  });
  const search = openSearch(setup);
  return { tools: search ? [tool, search] : [tool], close };
}

/** Throws UserError for a service without an address. */
function openSearch({ loaded, env, home }: Setup): Tool | undefined {
  const settings = loaded.config.web.search;
  const provider = settings && findSearchProvider(settings.provider);
  if (settings === undefined || provider === undefined) return undefined;
  const baseUrl = settings.baseUrl ?? provider.baseUrl;
  if (baseUrl === '')
    throw new UserError(
      `${provider.label} has no address: set web.search.baseUrl to that of your instance, such as http://127.0.0.1:8888.`,
    );
  const owner = { providerName: provider.name, preset: provider, settingsKey: 'web.search' };
  return makeSearchTool({
    provider,
    baseUrl,
    env,
    findKey: async () => (await findKey(owner, settings, env, home))?.value ?? '',
  });
}
