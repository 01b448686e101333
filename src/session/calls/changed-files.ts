import { count } from '../../core/text/count.ts';
import { quoted } from '../../permissions/decide-path.ts';

/** A yes that came while its files were changed is asked for again so often; then something changes them all the time, and the user was told. */
const maxTold = 2;

/**
 * What to say before a command is asked about once more since files that it names were changed while the question stood; undefined where none
 * was. Both are marks of what is in them, by name. `told`: how often it was said before.
 */
export function describeChanged(
  shown: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
  told: number,
): string | undefined {
  const [first, ...more] = [...new Set([...shown.keys(), ...now.keys()])].filter(
    (name) => shown.get(name) !== now.get(name),
  );
  if (first === undefined || told >= maxTold) return undefined;
  const files = `${quoted(first)}${more.length === 0 ? '' : ` and ${count(more.length, 'other file')} of this command`}`;
  return told === 0
    ? `${files} changed while you were asked: look again, since a yes is for what is there now.`
    : `${files} changed again while you were asked: a yes now is for whatever is there when it runs.`;
}
