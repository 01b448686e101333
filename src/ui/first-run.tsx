import { openChoice } from './choice.tsx';
import { Tone } from './components/Tone.tsx';
import { Words } from './components/Words.tsx';
import type { ScreenInfo } from './deps.ts';
import type { Panels } from './panel.ts';
import { openPicker } from './picker.tsx';

/** What the first-run screen needs to know. */
export type FirstRunDeps = {
  readonly info: Pick<ScreenInfo, 'version' | 'theme' | 'hasReducedMotion'>;
  /** Model servers that answer on this machine; takes at most half a second. */
  readonly findServers: () => Promise<readonly FoundServer[]>;
  /** Providers that a key can be given for. */
  readonly providers: readonly { readonly name: string; readonly label: string }[];
  /** The file in which a pasted key will be kept. */
  readonly keyPlace: string;
};

export type FoundServer = { readonly provider: string; readonly label: string; readonly models: readonly string[] };

export type FirstRunChoice =
  | { readonly kind: 'local'; readonly provider: string; readonly model: string }
  | { readonly kind: 'key'; readonly provider: string; readonly key: string }
  | { readonly kind: 'demo' }
  | { readonly kind: 'leave' };

/** Asks how to get a model, until there is an answer. */
export async function askFirstRun(panels: Panels, deps: FirstRunDeps): Promise<FirstRunChoice> {
  const servers = await deps.findServers();
  for (;;) {
    const start = await askStart(panels, servers);
    if (start === 'demo' || start === 'leave') return { kind: start };
    const choice = start === 'key' ? await askKey(panels, deps) : await askModel(panels, start);
    if (choice) return choice;
  }
}

type Start = FoundServer | 'key' | 'demo' | 'leave';

function askStart(panels: Panels, servers: readonly FoundServer[]): Promise<Start> {
  const found = servers.map((server) => ({
    label: `${server.label} on this machine (${server.models.length === 0 ? 'no models loaded' : server.models.slice(0, 3).join(', ')})`,
    keys: [],
    answer: (): Start => server,
  }));
  return new Promise((resolve) => {
    openChoice<Start>(
      panels,
      {
        title: 'Choose a model',
        body: found.length === 0 && <Tone role="quiet">No local model server answers on its usual port.</Tone>,
        options: [
          ...found,
          { label: 'A key of a provider, pasted here', keys: ['k'], answer: () => 'key' },
          {
            label: 'No model now: the demo, offline, with the real agent and observer',
            keys: ['d'],
            answer: () => 'demo',
          },
          { label: 'Leave', keys: ['q'], answer: () => 'leave' },
        ],
        onEscape: 'leave',
      },
      resolve,
    );
  });
}

async function askModel(panels: Panels, server: FoundServer): Promise<FirstRunChoice | undefined> {
  const entries = server.models.map((value) => ({ label: value, value }));
  const model =
    server.models.length === 1
      ? server.models[0]
      : await openPicker(panels, {
          title: `Model of ${server.label}`,
          entries,
          empty: 'the server has no models; load one and come back',
        });
  return model === undefined ? undefined : { kind: 'local', provider: server.provider, model };
}

async function askKey(panels: Panels, deps: FirstRunDeps): Promise<FirstRunChoice | undefined> {
  const entries = deps.providers.map(({ name, label }) => ({ label, value: name }));
  const provider = await openPicker(panels, { title: 'Whose key', entries, empty: 'no such provider' });
  if (provider === undefined) return undefined;
  const key = await askSecret(panels, deps.keyPlace);
  return key === '' ? undefined : { kind: 'key', provider, key };
}

function askSecret(panels: Panels, place: string): Promise<string> {
  return new Promise((resolve) => {
    openChoice<string>(
      panels,
      {
        title: 'The key',
        body: (
          <Words role="quiet">
            {`It will be kept in ${place}, readable by you alone, and is sent to its provider only.`}
          </Words>
        ),
        options: [
          {
            label: 'Paste it',
            keys: [],
            input: { prompt: 'Key:', initial: '', isSecret: true },
            answer: (words) => words,
          },
        ],
        onEscape: '',
      },
      resolve,
    );
  });
}
