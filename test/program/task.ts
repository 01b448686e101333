import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ModelServer, ModelServerOptions } from '../../src/demo/server.ts';
import { type Ended, jsonLines, makeFolder, run, serve } from './program.ts';

export type Reply = Exclude<ModelServerOptions['scenario'], { rules: unknown }>[number];

export type TaskOptions = {
  readonly replies?: readonly Reply[];
  /** What the last reply does when it has been given: `repeat` gives it for ever. */
  readonly after?: 'next' | 'repeat';
  /** What the judge and the adviser answer, for ever. */
  readonly judge?: Reply;
  readonly server?: Omit<ModelServerOptions, 'scenario'>;
  readonly flags?: readonly string[];
  readonly prompt?: string;
  /** What its stdin gives; the prompt is left to it. */
  readonly input?: string;
  /** The user's config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Files of the repository by path, and of the user's home (`~/…`). */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
  /** Leaves `--model` and `--base-url` to the configuration. */
  readonly isBare?: boolean;
  readonly place?: { readonly cwd: string; readonly home: string };
};

export type TaskEnd = Ended & {
  readonly cwd: string;
  readonly home: string;
  readonly server: ModelServer;
  /** The agent's own requests, without the judge's. */
  readonly requests: ModelServer['requests'];
  readonly result: Record<string, unknown>;
};

export const done: Reply = { text: 'All done.' };
export const shell = (command: string): Reply => ({ calls: [{ name: 'shell', arguments: { command } }] });
export const write = (path: string, content: string): Reply => ({
  calls: [{ name: 'write', arguments: { path, content } }],
});

/** One headless task by the built program against a scripted model, with its result object. `{url}` in a config is the server's. */
export async function runTask(options: TaskOptions): Promise<TaskEnd> {
  const replies = options.replies ?? [done];
  const server = await serve(
    {
      rules: [
        { when: { kind: 'agent' }, replies, after: options.after ?? 'next' },
        ...(options.judge ? [{ replies: [options.judge], after: 'repeat' as const }] : []),
      ],
    },
    options.server,
  );
  const cwd = options.place?.cwd ?? makeFolder();
  const home = options.place?.home ?? makeFolder();
  const put = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  put(join(cwd, 'a.txt'), 'one\n');
  for (const [path, text] of Object.entries(options.files ?? {}))
    put(path.startsWith('~/') ? join(home, path.slice(2)) : join(cwd, path), text.replaceAll('{url}', server.url));
  if (options.config)
    put(join(home, '.wink/config.json'), JSON.stringify(options.config).replaceAll('{url}', server.url));
  const model = options.isBare ? [] : ['--model', 'scripted', '--base-url', server.url];
  const prompt = options.input === undefined ? [options.prompt ?? 'go'] : [];
  const words = ['-p', ...prompt, ...model, '--output-format', 'json', ...(options.flags ?? [])];
  const end = await run(words, {
    cwd,
    home,
    ...(options.env ? { env: options.env } : {}),
    ...(options.input === undefined ? {} : { input: options.input }),
  });
  const [result = {}] = end.stdout.startsWith('{') ? jsonLines(end.stdout) : [];
  const requests = server.requests.filter(({ body }) => Array.isArray(body.tools));
  return { ...end, cwd, home, server, requests, result };
}

/** A task without the observer's thread, for what has nothing to do with it: a third less to start. */
export function runAlone(options: TaskOptions): Promise<TaskEnd> {
  return runTask({ ...options, flags: ['--wink', 'off', ...(options.flags ?? [])] });
}
