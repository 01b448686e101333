import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { isObject, parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import { chatCompletion, chatFrames } from './chat-frames.ts';
import type { AnswerChoice } from './choose-answer.ts';
import { expandReply, type ScriptedAnswer } from './expand.ts';
import { findRefusal, type Manner } from './find-refusal.ts';
import { findMessagesRefusal, messagesFrames, wholeMessage } from './messages-frames.ts';
import { createPromptCache, type Measured, prefixOf } from './prompt-cache.ts';
import { type Dialect, type RequestConversation, readConversation } from './read-request.ts';
import { responsesFrames, response as wholeResponse } from './responses-frames.ts';
import type { Fault, ScriptedReply } from './scenario.ts';
import { sendStream, sendWhole, silence } from './send-frames.ts';

type Measure = (
  dialect: Dialect,
  model: string,
  body: JsonObject,
  rawBody: string,
) => Measured | { readonly refused: string };

export type Exchange = {
  readonly path: string;
  readonly rawBody: string;
  readonly response: ServerResponse;
  readonly choose: (conversation: RequestConversation) => AnswerChoice | undefined;
  readonly manners: readonly Manner[];
  readonly measure: Measure;
  /** Aborted when the client has gone or the server closes. */
  readonly signal: AbortSignal;
};

const json = { 'content-type': 'application/json' };

/** Answers one request of the model APIs by the script. */
export async function answerRequest(exchange: Exchange): Promise<void> {
  const { path, rawBody, response, choose, manners, measure, signal } = exchange;
  const dialect = dialectOf(path);
  if (!dialect) return sendWhole(response, 404, json, errorBody(`There is no ${path} here.`, 'not_found'));
  const body = parseJson(rawBody);
  if (!isObject(body))
    return sendWhole(response, 400, json, errorBody('The body is not a JSON object.', 'invalid_json'));
  const refusal = findRefusal(manners, body, rawBody);
  if (refusal) return sendWhole(response, refusal.status, json, errorBody(refusal.message, 'invalid_request_error'));
  const conversation = readConversation(dialect, body);
  const measured = measure(dialect, conversation.model, body, rawBody);
  const refused =
    'refused' in measured ? measured.refused : dialect === 'messages' ? findMessagesRefusal(body) : undefined;
  if ('refused' in measured || refused)
    return sendWhole(response, 400, json, errorBody(refused ?? '', 'invalid_request_error'));
  const choice = choose(conversation);
  if (!choice)
    return sendWhole(response, 400, json, errorBody('The script has no reply left for this request.', 'script_ended'));
  const { reply } = choice;
  if (reply.firstByteDelayMs) await wait(reply.firstByteDelayMs, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) return;
  if (reply.fault && (await failWhole(response, reply.fault, signal))) return;
  const answer = expandReply(choice, conversation.model, measured);
  if (!conversation.stream) return sendWhole(response, 200, json, JSON.stringify(wholeAnswer(dialect, answer, body)));
  await sendStream(response, framesOf(dialect, answer, conversation, body), reply, signal);
}

function dialectOf(address: string): Dialect | undefined {
  const path = address.replace(/\?.*$/, '');
  if (path.endsWith('/chat/completions')) return 'chat';
  if (path.endsWith('/messages')) return 'messages';
  return path.endsWith('/responses') ? 'responses' : undefined;
}

function wholeAnswer(dialect: Dialect, answer: ScriptedAnswer, body: JsonObject): object {
  if (dialect === 'messages') return wholeMessage(answer, prefixOf(body));
  return dialect === 'chat' ? chatCompletion(answer) : wholeResponse(answer);
}

function framesOf(dialect: Dialect, answer: ScriptedAnswer, conversation: RequestConversation, body: JsonObject) {
  if (dialect === 'messages') return messagesFrames(answer, prefixOf(body));
  return dialect === 'chat' ? chatFrames(answer, conversation.includeUsage) : responsesFrames(answer);
}

function errorBody(message: string, code: string, param: string | null = null): string {
  return JSON.stringify({ error: { message, type: 'invalid_request_error', param, code } });
}

/** Faults that replace the whole answer; true when one did. */
async function failWhole(
  response: ServerResponse,
  fault: NonNullable<ScriptedReply['fault']>,
  signal: AbortSignal,
): Promise<boolean> {
  switch (fault.kind) {
    case 'status':
      sendWhole(
        response,
        fault.status,
        { ...json, ...fault.headers },
        errorBody(fault.message ?? `Scripted status ${fault.status}.`, fault.code ?? 'scripted', fault.parameter),
      );
      return true;
    case 'html':
      sendWhole(
        response,
        fault.status ?? 200,
        { 'content-type': 'text/html' },
        '<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>',
      );
      return true;
    case 'content-type':
      sendWhole(response, 200, { 'content-type': fault.contentType }, fault.body ?? 'no model lives here');
      return true;
    case 'redirect':
      sendWhole(response, fault.status ?? 307, { location: fault.location }, '');
      return true;
    default:
      return stopsBefore(fault) ? stopBefore(response, fault, signal) : false;
  }
}

function stopsBefore(fault: Fault): boolean {
  return (fault.kind === 'reset' || fault.kind === 'silence') && fault.at === 'before';
}

async function stopBefore(response: ServerResponse, fault: Fault, signal: AbortSignal): Promise<boolean> {
  if (fault.kind === 'silence') await silence(signal);
  else response.socket?.resetAndDestroy();
  return true;
}

/**
 * Measures usage as a real server would: about four characters a token; what the last request of the model began with is cached, or,
 * where breakpoints are wanted or given, what they reach.
 */
export function createMeter(): Exchange['measure'] {
  const lastBodies = new Map<string, string>();
  const cache = createPromptCache();
  return (dialect, model, body, rawBody) => {
    if (dialect === 'messages' || rawBody.includes('"cache_control"')) return cache.measure(model, body);
    const last = lastBodies.get(model) ?? '';
    lastBodies.set(model, rawBody);
    const end = Math.min(last.length, rawBody.length);
    let common = 0;
    while (common < end && last.charCodeAt(common) === rawBody.charCodeAt(common)) common += 1;
    return { input: Math.ceil(rawBody.length / 4), cached: Math.floor(common / 4) };
  };
}
