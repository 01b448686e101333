import { request } from 'node:http';
import { isProcessAlive } from '../../core/process/platform.ts';
import { isObject, parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import type { WatchPlaces } from '../watch-places.ts';

const timeoutMs = 2_000;

/** Asks the resident process something; null when there isn't one, or it does not answer. */
export function askResident(
  { socket }: WatchPlaces,
  path: '/status' | '/wrong',
  body = '',
): Promise<JsonObject | null> {
  return new Promise((resolve) => {
    const asked = request({ socketPath: socket, path, method: 'POST', timeout: timeoutMs }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', () => resolve(null));
      response.on('end', () => {
        const answer = parseJson(text);
        resolve(isObject(answer) ? answer : null);
      });
    });
    asked.on('error', () => resolve(null));
    asked.on('timeout', () => asked.destroy());
    asked.end(body);
  });
}

/** The process that listens; undefined when none does. */
export async function findResident(places: WatchPlaces): Promise<number | undefined> {
  const answer = await askResident(places, '/status');
  return typeof answer?.pid === 'number' ? answer.pid : undefined;
}

/** Ends the resident process where there is one, which keeps what it knows in its files. */
export async function endResident(places: WatchPlaces): Promise<void> {
  const pid = await findResident(places);
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has just ended by itself.
    return;
  }
  for (let tries = 0; tries < 40 && isProcessAlive(pid); tries++)
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
}
