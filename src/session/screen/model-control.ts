import { listModels } from '../../model/list-models.ts';
import { resolveNamed } from '../../providers/resolve-models.ts';
import type { SessionControl } from '../../ui/screen-deps.ts';
import type { ShownSession } from './shown-session.ts';

/** How long an endpoint may take to list its models. */
const listMs = 10_000;

/**
 * What `/model` lists and sets. A name that the endpoint in use lists, and one without a provider before it, is a model of that endpoint:
 * the conversation goes to another one only where the user names it (`PROVIDER/NAME`).
 */
export function modelControl(shown: ShownSession): Required<Pick<SessionControl, 'listModels' | 'setModel'>> {
  const { setup, models } = shown;
  const { config, origins } = setup.loaded;
  const inUse = () => shown.current().modelSettings() ?? models.main;
  const list = async () => (await listModels(inUse(), AbortSignal.timeout(listMs))).map(({ name }) => name);
  return {
    listModels: list,
    setModel: async (model) => {
      const isAmong = model.includes('/') && (await list().catch((): string[] => [])).includes(model);
      const options = { config, origins, env: setup.env, home: setup.home };
      shown.current().setModel(await resolveNamed(model, { ...options, inUse: inUse(), isAmong }));
    },
  };
}
