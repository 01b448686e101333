import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import type { RawCall } from './collector.ts';

type Draft = { id: string; name: string; fragments: string[]; extra?: JsonObject };

/**
 * Puts tool calls together from the fragments of Chat Completions. Servers differ: some leave the index out, some give every
 * call the index 0 with an id of its own, some repeat the name in each fragment, some send arguments as an object.
 */
export function createCallAssembler() {
  const drafts: Draft[] = [];
  const byIndex = new Map<number, Draft>();

  const find = (fragment: JsonObject, id: string, name: string): Draft => {
    const index = typeof fragment.index === 'number' ? fragment.index : undefined;
    const known = index === undefined ? drafts.at(-1) : byIndex.get(index);
    const opensAnother = known === undefined || (id !== '' && known.id !== '' && known.id !== id && name !== '');
    if (!opensAnother && !(index === undefined && name !== '' && id === '' && isWhole(known))) return known;
    const draft: Draft = { id, name: '', fragments: [] };
    drafts.push(draft);
    if (index !== undefined) byIndex.set(index, draft);
    return draft;
  };
  return {
    /** Takes one entry of `tool_calls`; returns how many characters of arguments it brought. */
    take: (fragment: JsonObject): number => {
      const part = isObject(fragment.function) ? fragment.function : {};
      const id = typeof fragment.id === 'string' ? fragment.id : '';
      const name = typeof part.name === 'string' ? part.name : '';
      const draft = find(fragment, id, name);
      if (draft.id === '') draft.id = id;
      if (name !== '' && name !== draft.name) draft.name += name;
      if (isObject(fragment.extra_content)) draft.extra = fragment.extra_content;
      const text = isObject(part.arguments) ? JSON.stringify(part.arguments) : part.arguments;
      if (typeof text !== 'string') return 0;
      draft.fragments.push(text);
      return text.length;
    },
    calls: (): RawCall[] =>
      drafts.map((draft) => ({ id: draft.id, name: draft.name, arguments: draft.fragments.join('') })),
    /** What a provider wants back with its calls (Gemini's thought signatures). */
    extras: (): JsonObject[] =>
      drafts.flatMap((draft, index) =>
        draft.extra ? [{ type: 'call_extra', index, extra_content: draft.extra }] : [],
      ),
  };
}

/** True when the arguments so far are a whole JSON object, so that a further name must be another call's. */
function isWhole(draft: Draft): boolean {
  const text = draft.fragments.join('').trim();
  return text.startsWith('{') && text.endsWith('}');
}
