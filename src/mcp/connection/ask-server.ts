import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Notification, Request, Result } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';

export type McpClient = Client<Request, Notification, Result>;

const anyResult = z.looseObject({});
const maxPages = 50;

/** A request whose result is taken as it comes: the SDK's own schemas refuse a whole list for one odd entry. */
export function ask(
  client: McpClient,
  method: string,
  params: JsonObject,
  options: RequestOptions,
): Promise<JsonObject> {
  return client.request({ method, params }, anyResult, options);
}

/** All entries of a list that are objects, over all its pages up to a bound that no honest server reaches. */
export async function askAll(
  client: McpClient,
  method: string,
  key: string,
  options: RequestOptions,
): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const result = await ask(client, method, cursor === undefined ? {} : { cursor }, options);
    const entries = result[key] ?? result.value;
    if (Array.isArray(entries)) found.push(...entries.filter(isObject));
    const next = result.nextCursor;
    if (typeof next !== 'string' || next === '' || next === cursor) break;
    cursor = next;
  }
  return found;
}

/** A text, or what is in its place when it isn't one. */
export function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}
