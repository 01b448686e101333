import { LATEST_PROTOCOL_VERSION, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';
import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';

/**
 * A message of a server as the protocol has it. The SDK drops whatever its schemas refuse, and the request then hangs until its
 * time-out: so nulls for what is absent, an error and a result in one answer, an error without a code and the like are put right
 * first. undefined when it is not a message.
 */
export function cleanMessage(value: unknown): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  if (typeof value.method === 'string') return cleanRequest(value, value.method);
  if (!isId(value.id)) return undefined;
  if (isObject(value.error) || typeof value.error === 'string') return cleanError(value.id, value.error);
  return 'result' in value ? { jsonrpc: '2.0', id: value.id, result: cleanResult(value.result) } : undefined;
}

function isId(id: unknown): id is string | number {
  return typeof id === 'string' || typeof id === 'number';
}

function cleanRequest(value: JsonObject, method: string): JsonObject {
  const params = isObject(value.params) ? { params: withoutNulls(value.params) } : {};
  return { jsonrpc: '2.0', ...(isId(value.id) ? { id: value.id } : {}), method, ...params };
}

function cleanError(id: string | number, error: unknown): JsonObject {
  const { code, message, data } = isObject(error) ? error : { code: undefined, message: error, data: undefined };
  const words = typeof message === 'string' && message !== '' ? message : `the server said ${JSON.stringify(error)}`;
  const number = Number.isInteger(code) ? code : -32603;
  return { jsonrpc: '2.0', id, error: { code: number, message: words, ...(data === undefined ? {} : { data }) } };
}

/** A result that is not an object is kept as `value`, so that it can be shown as far as it goes. */
function cleanResult(result: unknown): JsonObject {
  if (!isObject(result)) return result === null || result === undefined ? {} : { value: result };
  const plain = withoutNulls(result);
  return 'protocolVersion' in plain && ('capabilities' in plain || 'serverInfo' in plain)
    ? cleanGreeting(plain)
    : plain;
}

/**
 * The answer to `initialize`: capabilities are objects, name and version of the server are there, and a version of the protocol that
 * nobody knows is taken for ours, since what is used of it has not changed.
 */
function cleanGreeting(greeting: JsonObject): JsonObject {
  const { instructions, capabilities, serverInfo, protocolVersion: version } = greeting;
  const info = isObject(serverInfo) ? serverInfo : {};
  return {
    protocolVersion: SUPPORTED_PROTOCOL_VERSIONS.find((known) => known === version) ?? LATEST_PROTOCOL_VERSION,
    capabilities: cleanCapabilities(isObject(capabilities) ? capabilities : {}),
    serverInfo: { name: textOf(info.name), version: textOf(info.version) },
    ...(typeof instructions === 'string' ? { instructions } : {}),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function cleanCapabilities(capabilities: JsonObject): JsonObject {
  const entries = ['tools', 'prompts', 'resources', 'logging', 'completions'].flatMap(
    (name): [string, JsonObject][] => {
      const given = capabilities[name];
      if (given === undefined || given === null || given === false) return [];
      const flags = Object.entries(isObject(given) ? given : {}).filter(([, flag]) => typeof flag === 'boolean');
      return [[name, Object.fromEntries(flags)]];
    },
  );
  return Object.fromEntries(entries);
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
}
