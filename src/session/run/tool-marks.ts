import { createHash } from 'node:crypto';
import type { Tool } from '../../core/tool.ts';

/** Each tool that requests carry, by name, with a short hash of its description. */
export type ToolMarks = Readonly<Record<string, string>>;

/** Marks the tools of a session, so that a later program can tell whether they are still the same. */
export function markTools(tools: readonly Tool[]): ToolMarks {
  const shown = tools.filter(({ isDeferred }) => !isDeferred);
  return Object.fromEntries(
    shown.map(({ schema }) => [
      schema.name,
      createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 8),
    ]),
  );
}

/** What differs, in words for the user; undefined when nothing does. */
export function describeToolChange(before: ToolMarks, now: ToolMarks): string | undefined {
  const added = Object.keys(now).filter((name) => !Object.hasOwn(before, name));
  const removed = Object.keys(before).filter((name) => !Object.hasOwn(now, name));
  const changed = Object.keys(now).filter((name) => Object.hasOwn(before, name) && before[name] !== now[name]);
  const parts = [
    ...(added.length > 0 ? [`added: ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`removed: ${removed.join(', ')}`] : []),
    ...(changed.length > 0 ? [`changed: ${changed.join(', ')}`] : []),
  ];
  if (parts.length === 0) return undefined;
  return `The session continues with different tools than it began with (${parts.join('; ')}), so its next request can't use the prompt cache.`;
}
