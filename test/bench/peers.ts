import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Contestant, Launch, Place } from './contestants.ts';

type Peer = Omit<Contestant, 'start'> & {
  readonly program: string;
  /** Writes what the agent needs to know of the model server into its home; its words and more environment. */
  readonly prepare: (place: Place) => { readonly args: readonly string[]; readonly env?: NodeJS.ProcessEnv };
};

const prompt = 'Read the files.';

const peers: readonly Peer[] = [
  {
    name: 'Codex',
    program: 'codex',
    read: (file) => ({ name: 'exec_command', arguments: { cmd: `cat ${file}` } }),
    shell: (command) => ({ name: 'exec_command', arguments: { cmd: command } }),
    prepare: ({ url, home }) => {
      write(
        join(home, '.codex/config.toml'),
        `model = "scripted"\nmodel_provider = "local"\n[model_providers.local]\nname = "local"\nbase_url = "${url}"\nwire_api = "responses"\n`,
      );
      return { args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', prompt] };
    },
  },
  {
    name: 'pi',
    program: 'pi',
    read: (file) => ({ name: 'read', arguments: { path: file } }),
    shell: (command) => ({ name: 'bash', arguments: { command } }),
    prepare: ({ url, home }) => {
      const local = { baseUrl: url, api: 'openai-completions', apiKey: 'bench', models: [{ id: 'scripted' }] };
      write(join(home, '.pi/agent/models.json'), JSON.stringify({ providers: { local } }));
      return { args: ['-p', '--provider', 'local', '--model', 'scripted', prompt] };
    },
  },
  {
    name: 'Claude Code',
    program: 'claude',
    read: (file, folder) => ({ name: 'Read', arguments: { file_path: join(folder, file) } }),
    shell: (command) => ({ name: 'Bash', arguments: { command, description: 'Look' } }),
    prepare: ({ url }) => ({
      args: ['-p', prompt, '--dangerously-skip-permissions'],
      env: {
        IS_SANDBOX: '1',
        ANTHROPIC_API_KEY: 'sk-ant-bench',
        ANTHROPIC_BASE_URL: url.replace(/\/v1$/, ''),
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      },
    }),
  },
  {
    name: 'opencode',
    program: 'opencode',
    read: (file, folder) => ({ name: 'read', arguments: { filePath: join(folder, file) } }),
    shell: (command) => ({ name: 'bash', arguments: { command, description: 'Look' } }),
    prepare: ({ url, home }) => {
      const options = { baseURL: url, apiKey: 'bench' };
      const local = { npm: '@ai-sdk/openai-compatible', options, models: { scripted: { tool_call: true } } };
      write(
        join(home, '.config/opencode/opencode.json'),
        JSON.stringify({ provider: { local }, autoupdate: false, permission: { '*': 'allow' } }),
      );
      return { args: ['run', '--model', 'local/scripted', prompt], env: { OPENCODE_DISABLE_MODELS_FETCH: '1' } };
    },
  },
];

/** The other agents that are installed: on the PATH, or in the folders of WINK_TEST_AGENTS. Each with full access, as its users run it alone. */
export function installedPeers(): readonly Contestant[] {
  return peers.flatMap((peer) => {
    const file = findProgram(peer.program);
    return file
      ? [{ name: peer.name, read: peer.read, shell: peer.shell, start: (place) => launch(peer, file, place) }]
      : [];
  });
}

function launch(peer: Peer, file: string, place: Place): Launch {
  const { args, env } = peer.prepare(place);
  return { file, args, env: { PATH: process.env.PATH, HOME: place.home, ...env } };
}

function findProgram(name: string): string | undefined {
  const folders = [process.env.WINK_TEST_AGENTS, process.env.PATH].flatMap((list) => list?.split(delimiter) ?? []);
  return folders.map((folder) => join(folder, name)).find((path) => path !== name && existsSync(path));
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
