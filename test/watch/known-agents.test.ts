import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../mcp/test-server.ts';
import { ended, serve } from '../program/program.ts';
import { type Reply, serveGemini } from './gemini-server.ts';
import { findProgram, makePlace } from './place.ts';

type Place = ReturnType<typeof makePlace>;
type Served = { readonly url: string; readonly bodies: () => readonly string[] };
type Agent = {
  readonly name: string;
  /** A call of its shell. */
  readonly shell: (command: string) => { name: string; arguments: Record<string, unknown> };
  readonly serve: (replies: readonly Reply[]) => Promise<Served>;
  readonly prepare?: (place: Place, url: string) => void;
  readonly words: readonly string[];
  readonly env: (url: string) => NodeJS.ProcessEnv;
  /** It goes on when it is kept from ending its turn, also without a screen. */
  readonly leavesProcess: boolean;
};

const put = (path: string, text: string | object) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof text === 'string' ? text : JSON.stringify(text));
};

const serveModel = async (replies: readonly Reply[]): Promise<Served> => {
  const rules = [
    { when: { kind: 'agent' as const }, replies },
    { replies: [{ text: 'A title' }], after: 'repeat' as const },
  ];
  const server = await serve({ rules });
  return {
    url: server.url,
    bodies: () => server.requests.filter(({ body }) => body.tools).map(({ rawBody }) => rawBody),
  };
};

const prompt = 'Fix the failing test. Do not touch package.json.';

/** The real programs, where they are installed: on the PATH, or in the folders of WINK_TEST_AGENTS. */
const agents: readonly Agent[] = [
  {
    name: 'claude',
    shell: (command) => ({ name: 'Bash', arguments: { command, description: 'look' } }),
    serve: serveModel,
    words: ['-p', prompt, '--dangerously-skip-permissions'],
    env: (url) => ({
      ...{ IS_SANDBOX: '1', ANTHROPIC_API_KEY: 'sk-ant-test', ANTHROPIC_BASE_URL: url.replace(/\/v1$/, '') },
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
    leavesProcess: true,
  },
  {
    name: 'codex',
    shell: (command) => ({ name: 'exec_command', arguments: { cmd: command } }),
    serve: serveModel,
    prepare: ({ home }, url) =>
      put(
        join(home, '.codex/config.toml'),
        `model = "scripted"\nmodel_provider = "local"\n[model_providers.local]\nname = "local"\nbase_url = "${url}"\nwire_api = "responses"\n`,
      ),
    words: ['exec', '--dangerously-bypass-approvals-and-sandbox', '--dangerously-bypass-hook-trust', prompt],
    env: () => ({}),
    leavesProcess: true,
  },
  {
    name: 'gemini',
    shell: (command) => ({ name: 'run_shell_command', arguments: { command } }),
    serve: async (replies) => {
      const { url, bodies } = await serveGemini(replies);
      return { url, bodies: () => bodies };
    },
    words: ['-m', 'gemini-2.5-pro', '-p', prompt, '--yolo'],
    env: (url) => ({ GEMINI_API_KEY: 'x', GOOGLE_GEMINI_BASE_URL: url, GEMINI_CLI_TRUST_WORKSPACE: 'true' }),
    leavesProcess: true,
  },
  {
    name: 'opencode',
    shell: (command) => ({ name: 'bash', arguments: { command, description: 'look' } }),
    serve: serveModel,
    prepare: ({ home }, url) =>
      put(join(home, '.config/opencode/opencode.json'), {
        autoupdate: false,
        model: 'local/scripted',
        small_model: 'local/scripted',
        provider: {
          local: {
            npm: '@ai-sdk/openai-compatible',
            options: { baseURL: url, apiKey: 'x' },
            models: { scripted: { name: 'scripted', tool_call: true, limit: { context: 100_000, output: 8_000 } } },
          },
        },
      }),
    words: ['run', prompt],
    env: () => ({ OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' }),
    // `opencode run` ends with the first end of a turn; its server goes on.
    leavesProcess: false,
  },
  {
    name: 'pi',
    shell: (command) => ({ name: 'bash', arguments: { command } }),
    serve: serveModel,
    prepare: ({ home }, url) =>
      put(join(home, '.pi/agent/models.json'), {
        providers: { local: { baseUrl: url, api: 'openai-completions', apiKey: 'x', models: [{ id: 'scripted' }] } },
      }),
    words: ['-p', '--model', 'local/scripted', prompt],
    env: () => ({}),
    leavesProcess: true,
  },
];

/** Three times the same failing call, an edit that the user forbade, a red test, and a claim that it is green. */
const script = (agent: Agent): Reply[] => [
  ...Array.from({ length: 3 }, () => ({ calls: [agent.shell('cat missing.txt')] })),
  { calls: [agent.shell("echo '{ }' > package.json")] },
  { calls: [agent.shell('node --test')] },
  { text: 'Done: all tests pass.' },
  { text: 'I could not fix it.' },
];

/** Runs the agent to its end; gives what it printed. */
async function runToEnd(agent: Agent, program: string, place: Place, url: string): Promise<string> {
  const child = spawn(program, agent.words, { ...placeOf(agent, place, url), stdio: ['ignore', 'pipe', 'pipe'] });
  const { stdout, stderr } = await ended(child);
  return `${stdout}${stderr}`;
}

function placeOf(agent: Agent, { cwd, home }: Place, url: string) {
  const env = { PATH: process.env.PATH, HOME: home, WINK_WATCH_SECONDS: '20', ...agent.env(url) };
  return { cwd, env };
}

const redTest = "import test from 'node:test';\ntest('adds', () => { throw new Error('no'); });\n";

async function runAgent(agent: Agent, program: string, ...flags: string[]) {
  const place = makePlace();
  writeFileSync(join(place.cwd, 'a.test.mjs'), redTest);
  const server = await agent.serve(script(agent));
  agent.prepare?.(place, server.url);
  if (agent.name === 'gemini')
    put(join(place.home, '.gemini/settings.json'), { security: { auth: { selectedType: 'gemini-api-key' } } });
  await place.watch('install', agent.name, ...flags);
  await place.startResident();
  const said = await runToEnd(agent, program, place, server.url);
  const bodies = server.bodies();
  return {
    place,
    bodies,
    said,
    /** The number of the first request with these words. */
    firstWith: (words: string) => bodies.findIndex((body) => body.includes(words)),
    forbidden: readFileSync(join(place.cwd, 'package.json'), 'utf8'),
  };
}

describe.each(agents.map((agent) => [agent.name, agent] as const))('%s', (name, agent) => {
  const program = findProgram(name);
  if (program === undefined) console.log(`${name} is not installed: its own tests are skipped.`);
  test.skipIf(program === undefined)(
    'is reminded at the very next request, kept from what was forbidden, and from a false end; in shadow nothing reaches it',
    { timeout: 240_000 },
    async () => {
      const spoken = await runAgent(agent, program!);
      expect(spoken.firstWith('came 3 times'), spoken.said).toBe(3);
      expect(spoken.forbidden).toBe('{}\n');
      expect(spoken.firstWith('the user said “Do not touch package.json.”')).toBe(4);
      if (agent.leavesProcess) expect(spoken.firstWith('a claim of success'), spoken.said).toBe(6);
      const kinds = spoken.place
        .records()
        .flatMap(({ type, mode, class: name }) => (type === 'reminder' ? [`${name} ${mode}`] : []));
      expect(kinds).toEqual(['infinite-loop on', 'did-not-follow-instructions on', 'false-claim on']);

      const shadow = await runAgent(agent, program!, '--shadow');
      expect(shadow.bodies.some((body) => body.includes('wink-agent, the observer'))).toBe(false);
      expect(shadow.forbidden).toBe('{ }\n');
      expect(shadow.bodies).toHaveLength(6);
      const modes = shadow.place.records().flatMap(({ type, mode }) => (type === 'reminder' ? [mode] : []));
      expect(new Set(modes)).toEqual(new Set(['shadow']));
    },
  );
});

test.skipIf(findProgram('opencode') === undefined)(
  'opencode, which goes on after a turn where it is not a single run, is kept from a false end',
  { timeout: 120_000 },
  async () => {
    const agent = agents.find(({ name }) => name === 'opencode')!;
    const place = makePlace();
    writeFileSync(join(place.cwd, 'a.test.mjs'), redTest);
    const model = await agent.serve(script(agent).slice(4));
    agent.prepare?.(place, model.url);
    await place.watch('install', 'opencode');
    await place.startResident();
    const port = await freePort();
    const words = ['serve', '--port', String(port)];
    const child = spawn(findProgram('opencode')!, words, { ...placeOf(agent, place, model.url), stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const post = async (path: string, body: object, ms: number): Promise<{ id?: string }> => {
      const more = { headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(ms) };
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        ...more,
        body: JSON.stringify(body),
      });
      return response.json();
    };
    const begin = () => post('/session', {}, 10_000).catch(() => ({ id: undefined }));
    let id: string | undefined;
    await expect.poll(async () => (id = (await begin()).id), { timeout: 60_000 }).toBeDefined();
    await post(`/session/${id}/message`, { parts: [{ type: 'text', text: prompt }] }, 60_000);
    await expect.poll(() => model.bodies().join(''), { timeout: 60_000 }).toContain('a claim of success');
    await expect.poll(() => model.bodies().length).toBe(3);
  },
);
