import type { Argument } from '../../core/shell/read-script.ts';

/**
 * Files that a program writes because an option or its own script names them, of programs whose output is no build's: `sort -o`, `git archive -o`,
 * `git diff --output`, `git bundle create`, `sed 'w file'`.
 */
export function namedOutputs(name: string, args: readonly Argument[]): string[] {
  const values = args.filter(({ isKnown }) => isKnown).map(({ value }) => value);
  if (name === 'sort') return afterOption(values, /^(-[a-zA-Z]*o|--output)$/, /^(?:-o|--output=)(.+)$/);
  if (/^g?sed$/.test(name)) return writtenBySed(values);
  if (name !== 'git') return [];
  const created = values.flatMap((value, at) =>
    value === 'create' && values[at - 1] === 'bundle' ? values.slice(at + 1, at + 2) : [],
  );
  return [...created, ...afterOption(values, /^(-o|--output)$/, /^--output=(.+)$/)];
}

function afterOption(values: readonly string[], alone: RegExp, joined: RegExp): string[] {
  return values.flatMap((value, at) => {
    const own = joined.exec(value)?.[1];
    if (own !== undefined) return [own];
    return alone.test(values[at - 1] ?? '') ? [value] : [];
  });
}

/** The name goes on to the end of the line, behind `w` as a command or as a flag of `s`. */
function writtenBySed(values: readonly string[]): string[] {
  return values.flatMap((value) =>
    [...value.matchAll(/(?:^|[\s;{}!/|,#$gpieIM0-9])w\s+([^\n]+)/gm)].map(([, path = '']) => path.trim()),
  );
}
