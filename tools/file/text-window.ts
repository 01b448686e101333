import { count } from '../../src/core/text/count.ts';
import { ToolError } from '../../src/core/tool.ts';
import { lineCharacters, readCharacters, readLines } from '../shared/limits.ts';

/** Which lines of a text are wanted, counted from 1. */
export type TextWindow = { readonly offset: number | undefined; readonly limit: number | undefined };

/** Lines of a text that was made from a file, numbered like a file's own, within the bounds of one read. */
export function windowOf(name: string, text: string, { offset = 1, limit = readLines }: TextWindow): string {
  const lines = text.split('\n');
  if (offset > lines.length)
    throw new ToolError(
      'bad-arguments',
      `${name} has only ${count(lines.length, 'line')} as text; offset ${offset} is past its end.`,
    );
  const shown: string[] = [];
  let characters = 0;
  for (const line of lines.slice(offset - 1, offset - 1 + limit)) {
    const cut =
      line.length > lineCharacters
        ? `${line.slice(0, lineCharacters)} [… cut: the line has ${line.length} characters]`
        : line;
    characters += cut.length;
    if (characters > readCharacters && shown.length > 0) break;
    shown.push(`${offset + shown.length}\t${cut}`);
  }
  const last = offset + shown.length - 1;
  if (offset === 1 && last === lines.length) return shown.join('\n');
  const more = last < lines.length ? `; go on with offset ${last + 1}` : '';
  return `${shown.join('\n')}\n[lines ${offset}-${last} of ${lines.length} of its text${more}]`;
}
