import { isObject } from '../../core/text/json.ts';
import { ToolError } from '../../core/tool.ts';
import type { McpClient } from './ask-server.ts';
import type { ServerConnection } from './server-connection.ts';

/**
 * Does something with a server. A server over HTTP that was started anew knows the old session no more, which only a failing request
 * tells: the connection is then made again, and what the server has surely not done is asked once more.
 */
export async function withClient<T>(
  connection: ServerConnection,
  work: (client: McpClient) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let isSecond = false; ; isSecond = true) {
    const client = await (signal === undefined ? connection.client() : orAbort(connection.client(), signal));
    try {
      return await work(client);
    } catch (error) {
      const loss = findLoss(error);
      if (loss !== undefined) connection.drop(client);
      if (loss !== 'refused' || isSecond) throw error;
    }
  }
}

/** `refused`: the request was not taken; `broken`: nobody knows what became of it. undefined: the connection is as good as before. */
function findLoss(error: unknown): 'refused' | 'broken' | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = 'code' in error ? error.code : undefined;
  if (status === 404 || (status === 400 && /session/i.test(error.message))) return 'refused';
  if (!(error instanceof TypeError) || error.message !== 'fetch failed') return undefined;
  return isObject(error.cause) && error.cause.code === 'ECONNREFUSED' ? 'refused' : 'broken';
}

/** A server that is still starting must not hold an interrupt up. */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Nobody else waits for it when the signal goes first, and a failure that nobody hears would end the program.
  work.catch(() => undefined);
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work
      .then(resolve, (error: unknown) =>
        reject(error instanceof Error ? new ToolError('failed', error.message) : error),
      )
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
