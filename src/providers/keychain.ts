import { outputOf } from '../core/process/own-output.ts';

/** The place where an operating system keeps passwords, reached by the program that it brings for it. */
export type Keychain = {
  /** As a user calls it. */
  readonly name: string;
  /** undefined when it holds none, or can't be asked. */
  readonly read: (provider: string) => Promise<string | undefined>;
  /** false when it can't keep it (no program, no unlocked keyring). */
  readonly save: (provider: string, key: string) => Promise<boolean>;
  readonly remove: (provider: string) => Promise<boolean>;
};

type Env = Readonly<Record<string, string | undefined>>;

const service = 'wink-agent';
/** A locked keyring may ask the user for its password. */
const timeoutMs = 60_000;

/** The keychain of a platform; undefined where none is known. Keys are handed over by stdin, never as arguments that others can read. */
export function openKeychain(env: Env, platform: NodeJS.Platform = process.platform): Keychain | undefined {
  if (platform === 'darwin') return macKeychain(env);
  return platform === 'linux' ? secretService(env) : undefined;
}

function macKeychain(env: Env): Keychain {
  const place = (provider: string) => ['-s', service, '-a', provider];
  return {
    name: 'macOS keychain',
    read: async (provider) =>
      nonEmpty(await run('security', ['find-generic-password', ...place(provider), '-w'], '', env)),
    save: async (provider, key) => {
      const words = ['add-generic-password', '-U', ...place(provider), '-w', quote(key)];
      return (await run('security', ['-i'], `${words.join(' ')}\n`, env)) !== undefined;
    },
    remove: async (provider) =>
      (await run('security', ['delete-generic-password', ...place(provider)], '', env)) !== undefined,
  };
}

/** `security -i` reads its lines as a shell does. */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** GNOME Keyring, KWallet and others, by libsecret's own tool. */
function secretService(env: Env): Keychain {
  const place = (provider: string) => ['service', service, 'provider', provider];
  return {
    name: 'keyring of the desktop',
    read: async (provider) => nonEmpty(await run('secret-tool', ['lookup', ...place(provider)], '', env)),
    save: async (provider, key) => {
      const words = ['store', `--label=${service}: ${provider}`, ...place(provider)];
      return (await run('secret-tool', words, key, env)) !== undefined;
    },
    remove: async (provider) => (await run('secret-tool', ['clear', ...place(provider)], '', env)) !== undefined,
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}

function run(name: string, words: readonly string[], input: string, env: Env): Promise<string | undefined> {
  return outputOf(name, words, { env, input, timeoutMs });
}
