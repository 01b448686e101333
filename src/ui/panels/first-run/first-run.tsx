import { isNearHost } from '../../../core/near-host.ts';
import { Tone } from '../../components/layout/Tone.tsx';
import { Words } from '../../components/layout/Words.tsx';
import type { ScreenInfo } from '../../screen-deps.ts';
import type { Panels } from '../panel-stack.ts';
import { openPicker } from '../picker/open-picker.tsx';
import { askLine } from '../question/ask-line.tsx';
import { askChoice } from '../question/choice.tsx';

/** What the first-run screen needs to know. */
export type FirstRunDeps = {
  readonly info: Pick<ScreenInfo, 'version' | 'theme' | 'hasReducedMotion' | 'notices'>;
  /** Model servers that answer on this machine; takes at most half a second. */
  readonly findServers: () => Promise<readonly FoundServer[]>;
  /** Providers that a key can be given for. */
  readonly providers: readonly { readonly name: string; readonly label: string }[];
  /** Asks an endpoint whether it takes the key, and for its models. */
  readonly check: (endpoint: Endpoint) => Promise<EndpointCheck>;
  /** The file in which a pasted key will be kept. */
  readonly keyPlace: string;
};

/** A provider that we know, or an address of the user's own; `key` is empty where none is needed. */
export type Endpoint =
  | { readonly kind: 'provider'; readonly provider: string; readonly key: string }
  | { readonly kind: 'address'; readonly baseUrl: string; readonly key: string };

/** `refused`: the key or the address is wrong, as the sentence says; `unknown`: it could not be found out. */
export type EndpointCheck =
  | { readonly state: 'works'; readonly models: readonly string[] }
  | { readonly state: 'refused' | 'unknown'; readonly detail: string };

export type FoundServer = { readonly provider: string; readonly label: string; readonly models: readonly string[] };

export type FirstRunChoice =
  | { readonly kind: 'local'; readonly provider: string; readonly model: string }
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint; readonly model: string }
  | { readonly kind: 'demo' }
  | { readonly kind: 'leave' };

/** Asks how to get a model, until there is an answer. */
export async function askFirstRun(panels: Panels, deps: FirstRunDeps): Promise<FirstRunChoice> {
  const servers = await deps.findServers();
  const written: Written = { address: '' };
  for (;;) {
    const start = await askStart(panels, servers);
    if (start === 'demo' || start === 'leave') return { kind: start };
    const choice =
      typeof start === 'string' ? await askEndpoint(panels, deps, start, written) : await askModel(panels, start);
    if (choice) return choice;
  }
}

/** What was entered and not used: it is offered again. */
type Written = { address: string };

type Start = FoundServer | 'key' | 'address' | 'demo' | 'leave';

function askStart(panels: Panels, servers: readonly FoundServer[]): Promise<Start> {
  const found = servers.map((server) => ({
    label: `${server.label} on this machine (${server.models.length === 0 ? 'no models loaded' : server.models.slice(0, 3).join(', ')})`,
    keys: [],
    answer: (): Start => server,
  }));
  return askChoice<Start>(panels, {
    title: 'Choose a model',
    body: found.length === 0 && <Tone role="quiet">No local model server is running on a usual port.</Tone>,
    options: [
      ...found,
      { label: 'A key of a provider, pasted here', keys: ['k'], answer: () => 'key' },
      { label: 'Another endpoint that speaks the OpenAI API, by its address', keys: ['a'], answer: () => 'address' },
      { label: 'No model now: the demo, offline, with the real agent and observer', keys: ['d'], answer: () => 'demo' },
      { label: 'Leave', keys: ['q'], answer: () => 'leave' },
    ],
    onEscape: 'leave',
    escapeMeans: 'leaves',
  });
}

async function askModel(panels: Panels, server: FoundServer): Promise<FirstRunChoice | undefined> {
  const entries = server.models.map((value) => ({ label: value, value }));
  const model =
    server.models.length === 1
      ? server.models[0]
      : await openPicker(panels, {
          title:
            server.models.length === 0
              ? `${server.label} has no models; load one and come back`
              : `Model of ${server.label}`,
          entries,
        });
  return model === undefined ? undefined : { kind: 'local', provider: server.provider, model };
}

/** A provider's key or an address of the user's own: asked for, tried, and asked for again until it works or they give up. */
async function askEndpoint(
  panels: Panels,
  deps: FirstRunDeps,
  kind: 'key' | 'address',
  written: Written,
): Promise<FirstRunChoice | undefined> {
  let problem = '';
  for (;;) {
    const endpoint = await (kind === 'key'
      ? askProvider(panels, deps, problem)
      : askAddress(panels, deps, problem, written));
    if (endpoint === undefined) return undefined;
    const checked = await check(panels, deps, endpoint);
    if (checked.state === 'refused') {
      problem = checked.detail;
      continue;
    }
    const model = await askModelName(panels, checked);
    if (model !== undefined) return { kind: 'endpoint', endpoint, model };
    problem = '';
  }
}

/** Says what is waited for meanwhile. */
async function check(panels: Panels, deps: FirstRunDeps, endpoint: Endpoint): Promise<EndpointCheck> {
  const render = () => <Words role="quiet">Asking it for its models; that takes some seconds at most.</Words>;
  const close = panels.open({ render, press: () => undefined });
  try {
    return await deps.check(endpoint);
  } finally {
    close();
  }
}

async function askProvider(panels: Panels, deps: FirstRunDeps, problem: string): Promise<Endpoint | undefined> {
  const entries = deps.providers.map(({ name, label }) => ({ label, value: name }));
  const provider = await openPicker(panels, { title: problem || 'Whose key', entries });
  if (provider === undefined) return undefined;
  const words = `It will be kept in ${deps.keyPlace}, readable by you alone, and is sent to its provider only.`;
  const key = await askLine(panels, { title: 'The key', words, prompt: 'Key:', isSecret: true, check: problemOfKey });
  return key ? { kind: 'provider', provider, key } : undefined;
}

async function askAddress(
  panels: Panels,
  deps: FirstRunDeps,
  problem: string,
  written: Written,
): Promise<Endpoint | undefined> {
  const about = 'The root of its API, such as https://host.example/v1.';
  const address = await askLine(panels, {
    title: 'The address',
    words: problem ? `${problem} ${about}` : about,
    prompt: 'Address:',
    initial: written.address,
    check: (words) =>
      words === '' || /^https?:\/\/[^\s/]+/.test(withScheme(words))
        ? undefined
        : 'An address begins with http:// or https://.',
  });
  if (!address) return undefined;
  written.address = address;
  const baseUrl = withScheme(address);
  const words = `Nothing when it needs none. It will be kept in ${deps.keyPlace}, readable by you alone.`;
  const key = await askLine(panels, { title: 'Its key', words, prompt: 'Key:', isSecret: true, check: problemOfKey });
  return key === undefined ? askAddress(panels, deps, '', written) : { kind: 'address', baseUrl, key };
}

/** On this machine and in private networks plain HTTP is meant where an address does not say. */
function withScheme(address: string): string {
  const url = `http://${address}`;
  return URL.canParse(url) && isNearHost(new URL(url).hostname) ? url : address;
}

async function askModelName(panels: Panels, checked: EndpointCheck): Promise<string | undefined> {
  if (checked.state === 'works' && checked.models.length > 0) {
    const entries = checked.models.map((value) => ({ label: value, value }));
    return openPicker(panels, { title: 'Which model', entries });
  }
  const words =
    checked.state === 'works'
      ? 'The endpoint names no models.'
      : `${asSentence(checked.detail)} Write a model's name to go on without that check; Esc goes back.`;
  return (await askLine(panels, { title: 'Which model', words, prompt: 'Name:' })) || undefined;
}

function problemOfKey(key: string): string | undefined {
  return /\s/.test(key) ? 'A key has no blanks in it.' : undefined;
}

function asSentence(detail: string): string {
  return `${detail.charAt(0).toUpperCase()}${detail.slice(1)}${/[.?!]$/.test(detail) ? '' : '.'}`;
}
