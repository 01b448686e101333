import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ExportResponse, IExporterTransport } from '@opentelemetry/otlp-exporter-base';
import type { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http';

type HttpSettings = ReturnType<typeof convertLegacyHttpOptions>;

/** How sending ends with a session. */
export type Ending = {
  /** From now on nothing is asked again: a collector that refuses now gets no second chance. */
  readonly last: AbortSignal;
  /** From now on nothing is waited for. */
  readonly over: AbortSignal;
};

const retryableStatus = new Set([429, 502, 503, 504]);
const firstWaitMs = 1000;
const maxWaitMs = 5000;
/** A collector's answer is a few bytes; more than this is not one. */
const maxAnswerBytes = 1 << 20;

/**
 * Posts records, and posts them again while a collector says that it is busy or can't be reached, until the timeout. The library's own transport
 * does the same, but its timers and sockets can't be ended, so that they kept the program from exiting for ten seconds.
 */
export function createHttpTransport(settings: HttpSettings, ending: Ending): IExporterTransport {
  return {
    send: async (data, timeoutMs) => {
      const deadline = Date.now() + timeoutMs;
      for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, maxWaitMs)) {
        const response = await post(settings, data, deadline - Date.now(), ending.over);
        const pause = response.status === 'retryable' ? (response.retryInMillis ?? waitMs) : 0;
        if (response.status !== 'retryable' || ending.last.aborted || Date.now() + pause >= deadline) return response;
        await sleep(pause, undefined, { signal: ending.last, ref: false }).catch(() => undefined);
        if (ending.last.aborted) return response;
      }
    },
    shutdown: () => {},
  };
}

async function post(
  settings: HttpSettings,
  data: Uint8Array,
  timeoutMs: number,
  over: AbortSignal,
): Promise<ExportResponse> {
  const { protocol } = new URL(settings.url);
  const isZipped = settings.compression === 'gzip';
  const [{ request }, agent, given, body] = await Promise.all([
    protocol === 'https:' ? import('node:https') : import('node:http'),
    settings.agentFactory(protocol),
    settings.headers(),
    isZipped ? promisify(gzip)(data) : data,
  ]);
  const headers = { ...given, ...(isZipped ? { 'Content-Encoding': 'gzip' } : {}), 'Content-Length': body.length };
  const signal = AbortSignal.any([over, AbortSignal.timeout(Math.max(0, timeoutMs))]);
  return new Promise((resolve) => {
    const fail = (error: Error) =>
      resolve(over.aborted ? { status: 'failure', error } : { status: 'retryable', error: inWords(error, signal) });
    const asked = request(settings.url, { method: 'POST', agent, headers, signal }, (answer) => {
      readAnswer(answer).then((bytes) => resolve(judge(answer, bytes)), fail);
    });
    asked.once('error', fail);
    asked.end(body);
  });
}

async function readAnswer(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer) {
    length += part.length;
    if (length > maxAnswerBytes) throw new Error('its answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function judge(answer: IncomingMessage, body: Buffer): ExportResponse {
  const { statusCode = 0, statusMessage = '', headers } = answer;
  if (statusCode >= 200 && statusCode < 300) return { status: 'success', data: body };
  const error = new Error(`${statusCode} ${statusMessage}`.trim());
  if (!retryableStatus.has(statusCode)) return { status: 'failure', error };
  const seconds = Number(headers['retry-after']);
  return { status: 'retryable', error, ...(seconds > 0 ? { retryInMillis: seconds * 1000 } : {}) };
}

function inWords(error: Error, signal: AbortSignal): Error {
  return signal.aborted ? new Error('no answer in time', { cause: error }) : error;
}
