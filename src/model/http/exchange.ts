import { setImmediate as nextCycle } from 'node:timers/promises';
import type { Collected, Collector } from '../answer/collector.ts';
import { createEventParser, StreamTooLong } from '../answer/event-parser.ts';
import { maxAnswerLength } from '../answer/gather-answer.ts';
import type { RequestBody } from '../request/write-request.ts';
import { brokenStream, Fault } from './fault.ts';
import { type Asked, faultFromConnection, strangeAnswer } from './fault-messages.ts';
import { type Client, findFault } from './http-client.ts';
import { chunksOf } from './streamed-response.ts';

/** How long one try may be silent, in milliseconds. */
export type Patience = { readonly firstByteMs: number; readonly idleMs: number };

/** After the finish reason the server gets so long for the usage and its last word. */
const finishedMs = 5000;
/** After its last word it gets so long to close the stream, so that the connection can be used again. */
const closingMs = 250;

/**
 * One try: sends the request and reads its answer to the end. Throws Fault for everything that the server or the network did
 * wrong, and the signal's reason when aborted. `onProgress` is called for each piece that arrives.
 */
export async function exchange(options: {
  client: Client;
  asked: Asked;
  body: RequestBody;
  collector: Collector;
  patience: Patience;
  signal: AbortSignal;
  onProgress: () => void;
}): Promise<Collected> {
  const { client, asked, body, collector, patience, signal, onProgress } = options;
  const controller = new AbortController();
  let silence: Fault | undefined;
  let isRead = false;
  const watch = watchSilence(patience, collector, (fault) => {
    silence = fault;
    controller.abort(fault);
  });
  const abort = () => controller.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    const response = await client
      .post(body.path, { body: body.json, headers: jsonHeaders, signal: controller.signal })
      .asResponse();
    await readAnswer(response, asked, collector, () => {
      watch.noteData();
      onProgress();
    });
    isRead = !collector.isTooLong();
    // A connection is free again one cycle after the answer's end; asking sooner would open another one.
    await nextCycle();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const isWhole = (collector.isDone() || collector.isWhole()) && !(error instanceof Fault);
    if (silence && !isWhole) throw silence;
    if (!isWhole)
      throw findFault(error) ?? (error instanceof StreamTooLong ? tooLong() : connectionFault(asked, error));
  } finally {
    watch.end();
    signal.removeEventListener('abort', abort);
    if (!isRead) controller.abort();
  }
  const collected = collector.collected();
  return collector.isTooLong() ? { ...collected, finish: 'length' } : collected;
}

type Stage = 'first' | 'middle' | 'finished' | 'end';

function stageOf(collector: Collector): Stage {
  if (collector.isDone()) return 'end';
  if (collector.isWhole()) return 'finished';
  return collector.hasBegun() ? 'middle' : 'first';
}

/**
 * Watches how long nothing comes: the first-byte time until the answer has begun (a model may think long before its first
 * word, also after the headers), the idle time in its middle, and a moment after its end.
 */
function watchSilence(patience: Patience, collector: Collector, onSilence: (fault: Fault) => void) {
  const limits: Record<Stage, number> = {
    first: patience.firstByteMs,
    middle: patience.idleMs,
    finished: finishedMs,
    end: closingMs,
  };
  const start = (stage: Stage) => {
    const what = stage === 'first' ? 'no answer began' : 'the answer fell silent';
    return setTimeout(() => onSilence(silentFor(limits[stage], what)), limits[stage]);
  };
  let stage: Stage = 'first';
  let timer = start(stage);
  return {
    noteData: () => {
      const now = stageOf(collector);
      if (now === stage) return void timer.refresh();
      clearTimeout(timer);
      stage = now;
      timer = start(now);
    },
    end: () => clearTimeout(timer),
  };
}

const jsonHeaders = { 'content-type': 'application/json', accept: 'text/event-stream, application/json' };

/** Bugs of ours are TypeErrors without a cause; they are not the network's fault and go on as they are. */
function connectionFault(asked: Asked, error: unknown): unknown {
  const isOurs =
    error instanceof Error &&
    /^(Type|Range|Reference|Syntax)Error$/.test(error.name) &&
    error.cause === undefined &&
    error.message !== 'terminated';
  return isOurs ? error : faultFromConnection(asked, error);
}

type Kind = 'stream' | 'whole' | 'strange';

async function readAnswer(response: Response, asked: Asked, collector: Collector, onChunk: () => void): Promise<void> {
  const contentType = response.headers.get('content-type') ?? '';
  let kind: Kind | undefined = contentType.includes('event-stream') ? 'stream' : undefined;
  const decoder = new TextDecoder();
  let start = '';
  let events = 0;
  const parser = createEventParser((event) => {
    if (event.data === '') return;
    events += 1;
    collector.take(event);
  });
  // What was said before a fault is shown, too.
  const takeTogether = (take: () => void) => {
    try {
      take();
    } finally {
      collector.flush();
    }
  };
  for await (const chunk of chunksOf(response)) {
    if (kind !== 'stream' || events === 0) start += decoder.decode(chunk, { stream: true });
    kind ??= kindOf(start);
    if (kind === 'strange') throw strangeAnswer(asked, contentType, start);
    if (start.length > maxAnswerLength) throw new StreamTooLong();
    if (kind === 'stream') takeTogether(() => parser.push(chunk));
    onChunk();
    if (collector.isTooLong()) return;
  }
  if (kind === 'whole') return takeTogether(() => collector.take({ event: undefined, data: start }));
  takeTogether(parser.end);
  if (events === 0 && start.trim() !== '' && kindOf(start) !== 'stream') throw strangeAnswer(asked, contentType, start);
  if (events === 0) throw brokenStream('the answer was empty');
}

/** What an answer is by its first characters, whatever its content type says; undefined while only blanks have come. */
function kindOf(start: string): Kind | undefined {
  if (/^\s*$/.test(start)) return undefined;
  if (/^\s*\{/.test(start)) return 'whole';
  return /^\s*(data|event|id|retry|:)/.test(start) ? 'stream' : 'strange';
}

function silentFor(ms: number, what: string): Fault {
  return new Fault('connection', `${what} for ${Math.round(ms / 1000)} s`, { mayPass: true });
}

function tooLong(): Fault {
  return new Fault('protocol', "the server sent a line of more than 16 MB, which is not a model's answer", {
    mayPass: false,
  });
}
