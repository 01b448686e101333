import type { JsonObject } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { type Builder, createBuilder } from './shared/builder.ts';
import {
  numberOf,
  type OnBrokenLine,
  objectOf,
  objectsOf,
  parseLines,
  peekLines,
  stringOf,
  textOf,
} from './shared/json-fields.ts';

/**
 * pi's sessions (`~/.pi/agent/sessions`): a `session` header, then `message` and other entries. Since version 2 entries form a tree
 * by `id` and `parentId`; the last entry is the leaf, and what is not on its path was taken back.
 */
export const piFormat: TrajectoryFormat = {
  name: 'pi',
  unit: 'file',
  recognises: (head) => {
    const first = peekLines(head)[0];
    return first?.type === 'session' && 'id' in first && 'cwd' in first;
  },
  parse: readSession,
};

function readSession(text: string, place: Place, onBroken: OnBrokenLine = () => {}): readonly StudyTrajectory[] {
  const entries = [...parseLines(text, onBroken)];
  const header = entries.find((entry) => entry.type === 'session') ?? {};
  const builder = createBuilder();
  let model = stringOf(header.modelId);
  for (const entry of currentPath(entries)) {
    if (entry.type === 'model_change') model ??= stringOf(entry.modelId);
    if (entry.type !== 'message') continue;
    const message = objectOf(entry.message);
    model ??= stringOf(message.model);
    readMessage(message, builder, stringOf(entry.timestamp));
  }
  return [builder.build(place, { agent: 'pi', id: stringOf(header.id), model, cwd: stringOf(header.cwd) })];
}

/** The entries from the root to the last one; all of them in a file without parents. */
function currentPath(entries: readonly JsonObject[]): readonly JsonObject[] {
  const byId = new Map(entries.filter((entry) => typeof entry.id === 'string').map((entry) => [entry.id, entry]));
  let leaf = entries.findLast((entry) => typeof entry.id === 'string' && 'parentId' in entry);
  if (leaf === undefined) return entries;
  const path: JsonObject[] = [];
  const visited = new Set<JsonObject>();
  while (leaf !== undefined && !visited.has(leaf)) {
    visited.add(leaf);
    path.unshift(leaf);
    leaf = byId.get(leaf.parentId);
  }
  return path;
}

function readMessage(message: JsonObject, builder: Builder, at: string | undefined): void {
  if (message.role === 'user') builder.addUser(textOf(message.content), at);
  if (message.role === 'toolResult') {
    builder.addResult(String(message.toolCallId), {
      output: textOf(message.content),
      isError: message.isError === true,
      at,
    });
  }
  if (message.role !== 'assistant') return;
  const blocks = objectsOf(message.content);
  builder.addAnswer({
    at,
    text: textOf(blocks.filter((block) => block.type === 'text')),
    reasoning: blocks
      .map((block) => stringOf(block.thinking) ?? '')
      .filter(Boolean)
      .join('\n'),
    calls: blocks
      .filter((block) => block.type === 'toolCall')
      .map((block) => ({ id: String(block.id), name: String(block.name), input: objectOf(block.arguments) })),
  });
  if (message.stopReason === 'aborted') builder.addInterrupt();
  addUsage(objectOf(message.usage), builder);
}

function addUsage(usage: JsonObject, builder: Builder): void {
  const output = numberOf(usage.output);
  if (output === undefined) return;
  const cached = numberOf(usage.cacheRead) ?? 0;
  builder.addUsage({
    inputTokens: (numberOf(usage.input) ?? 0) + cached + (numberOf(usage.cacheWrite) ?? 0),
    cachedInputTokens: cached,
    outputTokens: output,
    // A model without a price is written as 0.
    costUsd: numberOf(objectOf(usage.cost).total) || null,
  });
}
