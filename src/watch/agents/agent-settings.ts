import { isDeepStrictEqual } from 'node:util';
import type { ParseError } from 'jsonc-parser';
import { UserError } from '../../core/errors.ts';
import type { HookedAgent } from './known-agents.ts';

/** The text of a settings file with our hooks in it, once; comments, order and everybody else's hooks stay. Throws UserError where it isn't JSON. */
export async function addHooks(
  text: string,
  { events, toolEvents, entry }: Pick<HookedAgent, 'events' | 'toolEvents' | 'entry'>,
  command: string,
): Promise<string> {
  const groupOf = (event: string) => ({
    ...(toolEvents.includes(event) ? { matcher: '*' } : {}),
    hooks: [entry(command)],
  });
  const all = [...events, ...toolEvents];
  const settings = await parse(text);
  if (all.every((event) => countOf(settings, event, groupOf(event)) === 1)) return text;
  let changed = (await removeHooks(text, command)) ?? text;
  if (changed.trim() === '') changed = '{\n}\n';
  const { applyEdits, modify } = await import('jsonc-parser');
  for (const event of all) {
    const group = groupOf(event);
    const count = groupsOf(await parse(changed), event).length;
    const path = count === 0 ? ['hooks', event] : ['hooks', event, count];
    const value = count === 0 ? [group] : group;
    const edits = modify(changed, path, value, { formattingOptions, isArrayInsertion: count > 0 });
    changed = applyEdits(changed, edits);
  }
  return changed;
}

/** The text without our hooks; undefined when there are none in it. Empty lists that are left behind go too. */
export async function removeHooks(text: string, command: string): Promise<string | undefined> {
  if (!text.includes(JSON.stringify(command).slice(1, -1))) return undefined;
  const { applyEdits, modify } = await import('jsonc-parser');
  let changed = text;
  const settings = await parse(text);
  for (const event of Object.keys(hooksOf(settings))) {
    const kept = groupsOf(settings, event).filter(
      (group) => !JSON.stringify(group).includes(JSON.stringify(command).slice(1, -1)),
    );
    if (kept.length === groupsOf(settings, event).length) continue;
    changed = applyEdits(
      changed,
      modify(changed, ['hooks', event], kept.length > 0 ? kept : undefined, { formattingOptions }),
    );
  }
  if (Object.keys(hooksOf(await parse(changed))).length === 0)
    changed = applyEdits(changed, modify(changed, ['hooks'], undefined, { formattingOptions }));
  return changed;
}

const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };

/** Throws UserError for what is not an object, or not JSON at all: its owner should look at it first. */
async function parse(text: string): Promise<unknown> {
  const { parse: parseText } = await import('jsonc-parser');
  const errors: ParseError[] = [];
  const bare = text.replace(/^\uFEFF/, ' ');
  const parsed: unknown = bare.trim() === '' ? {} : parseText(bare, errors, { allowTrailingComma: true });
  if (errors.length > 0 || !isRecord(parsed)) throw new UserError('it is not a JSON object');
  if (parsed.hooks !== undefined && !isRecord(parsed.hooks)) throw new UserError('its "hooks" is not an object');
  for (const [event, groups] of Object.entries(hooksOf(parsed)))
    if (!Array.isArray(groups)) throw new UserError(`its "hooks.${event}" is not a list`);
  return parsed;
}

function hooksOf(settings: unknown): Record<string, unknown> {
  const hooks = isRecord(settings) ? settings.hooks : undefined;
  return isRecord(hooks) ? hooks : {};
}

function groupsOf(settings: unknown, event: string): unknown[] {
  const groups = hooksOf(settings)[event];
  return Array.isArray(groups) ? groups : [];
}

/** How often exactly this group is there. */
function countOf(settings: unknown, event: string, group: object): number {
  return groupsOf(settings, event).filter((each) => isDeepStrictEqual(each, group)).length;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
