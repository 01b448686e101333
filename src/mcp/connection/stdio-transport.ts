import { type ChildProcess, spawn } from 'node:child_process';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import type { HoldProgram } from '../../core/process/held-program.ts';
import { isNestedTooDeeply, parseJson } from '../../core/text/json.ts';
import { cleanMessage } from './clean-message.ts';

export type StdioServer = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly hold?: HoldProgram;
  readonly onStderr: (text: string) => void;
};

export type StdioTransport = Transport & {
  /** How the program ended and what it said last, in words; undefined while it runs. */
  readonly ending: () => string | undefined;
};

/** One message of a server, at most: in place of a longer answer the call gets an error, since nobody could read it. */
const maxLineLength = 32_000_000;
const maxWordsLength = 300;
/** What a program gets to end by itself after its input was closed, and then after it was asked to. */
const endMs = 300;
const killMs = 1_500;

/**
 * A program that speaks the protocol on its standard streams, in a process group of its own: `npx` starts others, and all of them end
 * with it. Lines that are not messages (a greeting, a log) are passed over. Used in place of the SDK's own, which drops what its
 * schemas refuse, gives a byte order mark to the JSON parser and waits seconds for each server's end.
 */
export function createStdioTransport(server: StdioServer): StdioTransport {
  let child: ChildProcess | undefined;
  let said = '';
  let ending: string | undefined;
  let isDone = false;
  let isClosed = false;

  const start = async (): Promise<void> => {
    const { command, args: words, env, cwd, hold } = server;
    const own = { file: command, args: words, env, cwd, isOfWorkspace: false };
    const { file, args } = (await hold?.(own)) ?? own;
    await new Promise<void>((resolve, reject) => {
      if (isClosed) return reject(new Error('it was closed'));
      const started = spawn(file, args, {
        env: server.env,
        cwd: server.cwd,
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      });
      child = started;
      started.once('error', (error) => {
        reject(error);
        transport.onerror?.(error);
      });
      started.once('spawn', resolve);
      started.stdin.on('error', (error) => transport.onerror?.(error));
      started.stdout.on(
        'data',
        readLines(receive, (line) => refuse(line, `is larger than ${maxLineLength / 1_000_000} MB`)),
      );
      started.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4 * maxWordsLength);
        server.onStderr(text);
      });
      started.once('exit', (code, signal) => {
        // What it wrote last is read first; a child of its own may hold the streams open.
        const timer = setTimeout(finish, 200);
        started.once('close', () => {
          clearTimeout(timer);
          finish();
        });
        ending = describeEnding(code, signal, said);
      });
    });
  };

  const finish = () => {
    if (isDone) return;
    isDone = true;
    transport.onclose?.();
  };

  const receive = (line: string) => {
    const parsed = parseJson(line);
    if (parsed === undefined && line.startsWith('{') && isNestedTooDeeply(line))
      return refuse(line, 'is nested too deeply');
    for (const each of Array.isArray(parsed) ? parsed : [parsed]) {
      const message = JSONRPCMessageSchema.safeParse(cleanMessage(each));
      if (message.success) transport.onmessage?.(message.data);
      else if (line.trim() !== '') server.onStderr(`stdout, not a message: ${line.slice(0, maxWordsLength)}\n`);
    }
  };

  /** In place of an answer that can't be read; without one the call would wait for its time-out. */
  const refuse = (line: string, why: string) => {
    const id = answerId(line);
    server.onStderr(`stdout, ${why}: ${line.slice(0, maxWordsLength)}\n`);
    if (id === undefined) return;
    const message = `its answer ${why} and was dropped; ask for less`;
    receive(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32603, message } }));
  };

  const transport: StdioTransport = {
    start,
    ending: () => ending,
    send: (message) =>
      new Promise((resolve, reject) => {
        if (child?.stdin?.writable !== true) return reject(new Error('the program has ended'));
        child.stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
      }),
    close: async () => {
      isClosed = true;
      if (child !== undefined) await endProgram(child);
      finish();
    },
  };
  return transport;
}

/** Whose answer a message is, from its beginning or its end. */
function answerId(line: string): number | string | undefined {
  const found =
    /^\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+|"[^"\\]{1,100}")/.exec(line.slice(0, 1_000)) ??
    /"id"\s*:\s*(\d+|"[^"\\]{1,100}")\s*\}\s*$/.exec(line.slice(-1_000));
  const id = found && parseJson(found[1]!);
  return typeof id === 'number' || typeof id === 'string' ? id : undefined;
}

/**
 * Splits a stream into lines without a byte order mark or carriage returns. Of a line that is too long its beginning and its end are
 * given to `onTooLong`.
 */
function readLines(onLine: (line: string) => void, onTooLong: (ends: string) => void): (chunk: Buffer) => void {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  const add = (part: string) => {
    length += part.length;
    const isTooLong = length > maxLineLength;
    if (isTooLong) parts = [(parts[0] ?? part).slice(0, 1_000), `${parts.at(-1) ?? ''}${part}`.slice(-1_000)];
    else if (part !== '') parts.push(part);
  };
  const end = () => {
    const line = parts
      .join('')
      .replace(/^\uFEFF/, '')
      .replace(/\r$/, '');
    if (length > maxLineLength) onTooLong(line);
    else onLine(line);
    parts = [];
    length = 0;
  };
  return (chunk) => {
    const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split('\n');
    add(first);
    for (const piece of more) {
      end();
      add(piece);
    }
  };
}

function describeEnding(code: number | null, signal: NodeJS.Signals | null, said: string): string {
  const how = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
  const lines = said.split('\n').map((line) => line.trim());
  const last = lines.findLast((line) => line !== '' && !/^(at |npm |node:|Node\.js )/.test(line));
  return last === undefined ? how : `${how}: ${last.slice(0, maxWordsLength)}`;
}

async function endProgram(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const timers = [
    setTimeout(signalGroup, endMs, child.pid, 'SIGTERM'),
    setTimeout(signalGroup, killMs, child.pid, 'SIGKILL'),
  ];
  child.stdin?.end();
  await ended;
  for (const timer of timers) clearTimeout(timer);
  // What it started itself and left behind.
  signalGroup(child.pid, 'SIGTERM');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}
