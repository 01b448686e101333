import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { ownProgram } from '../../core/process/find-program.ts';
import { signalChild } from '../../core/process/platform.ts';
import { isObject, parseJson } from '../../core/text/json.ts';
import type { WatchPlaces } from '../watch-places.ts';
import type { KnownAgent } from './known-agents.ts';

/** Whether the agent runs what was installed. `unknown`: it could not be asked. */
export type Trust = { readonly isTrusted: boolean | 'unknown'; readonly reason?: string };

type Asked = {
  /** The settings files that hold our hooks. */
  readonly files: readonly string[];
  readonly places: WatchPlaces;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
};

/** Looks into the agent's own settings for what keeps hooks from running, and asks Codex, which wants each to be trusted. */
export async function readTrust({ agent }: KnownAgent, asked: Asked): Promise<Trust> {
  if (agent === 'codex') return askCodex(asked);
  const { parse } = await import('jsonc-parser');
  for (const file of asked.files) {
    const settings: unknown =
      existsSync(file) && file.endsWith('.json') ? parse(readFileSync(file, 'utf8')) : undefined;
    const reason = isObject(settings) ? whyOff(settings) : undefined;
    if (reason !== undefined) return { isTrusted: false, reason: `${reason} in ${file}` };
  }
  return { isTrusted: true };
}

/** Claude Code and Gemini CLI can have all hooks switched off, Gemini CLI also one by its name. */
function whyOff({ disableAllHooks, hooksConfig }: Record<string, unknown>): string | undefined {
  if (disableAllHooks === true) return 'disableAllHooks is set';
  if (!isObject(hooksConfig)) return undefined;
  if (hooksConfig.enabled === false) return 'hooksConfig.enabled is false';
  const { disabled } = hooksConfig;
  return Array.isArray(disabled) && disabled.includes('wink-agent') ? 'hooksConfig.disabled has wink-agent' : undefined;
}

const listed = z.looseObject({
  result: z.looseObject({
    data: z.array(
      z.looseObject({ hooks: z.array(z.looseObject({ command: z.string().nullish(), trustStatus: z.string() })) }),
    ),
  }),
});
const codexTimeoutMs = 8_000;

/** By its app server, which lists hooks as its own screen does (`hooks/list`, tried with 0.171). */
async function askCodex(asked: Asked): Promise<Trust> {
  const { places, cwd } = asked;
  const answer = listed.safeParse(await callCodex('hooks/list', { cwds: [cwd] }, asked));
  if (!answer.success) return { isTrusted: 'unknown', reason: 'Codex could not be asked' };
  const own = answer.data.result.data
    .flatMap(({ hooks }) => hooks)
    .filter(({ command }) => command?.includes(places.hook) === true);
  if (own.length === 0) return { isTrusted: false, reason: 'Codex does not see the hooks' };
  const waiting = own.filter(({ trustStatus }) => trustStatus !== 'trusted' && trustStatus !== 'managed');
  return waiting.length === 0
    ? { isTrusted: true }
    : {
        isTrusted: false,
        reason: `${waiting.length} of ${own.length} hooks wait for your trust: open Codex and run /hooks`,
      };
}

function callCodex(method: string, params: object, asked: Asked): Promise<unknown> {
  const { file, env } = ownProgram('codex', asked.env, asked.cwd);
  return new Promise((resolve) => {
    const child = spawn(file, ['app-server'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const end = (answer?: unknown) => {
      clearTimeout(timer);
      signalChild(child, 'SIGTERM');
      resolve(answer);
    };
    const timer = setTimeout(end, codexTimeoutMs);
    const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    child.on('error', () => end());
    child.on('close', () => end());
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = parseJson(line);
      if (!isObject(message)) return;
      if (message.id === 2) end(message);
      if (message.id !== 1) return;
      send({ method: 'initialized' });
      send({ id: 2, method, params });
    });
    send({ id: 1, method: 'initialize', params: { clientInfo: { name: 'wink-agent', version: '1' } } });
  });
}
