import type { Part } from './part.ts';
import { isReadOnlySed } from './readonly-text.ts';
import { type Argument, programName } from './words.ts';

const makers = new Set(['mkdir', 'touch', 'cp', 'mv', 'tee', 'rmdir']);

/**
 * The paths of a command that does nothing but change the files it names (`mkdir`, `touch`, `cp`, `mv`, `tee`, `rmdir`, `sed -i`), which
 * mode edits judges like edits; undefined for any other command. Deleting is not among them.
 */
export function writtenPaths(part: Part): readonly Argument[] | undefined {
  const name = programName(part.words[0]?.value ?? '');
  const args = part.words.slice(1);
  if (makers.has(name)) return args.flatMap(pathIn);
  if (name !== 'sed' && name !== 'gsed') return undefined;
  const printing = args
    .filter(({ value }) => value !== '' && !/^(-i.*|--in-place.*)$/.test(value))
    .map((word) => ({ ...word, value: word.value.replace(/^-([nErsuz]+)i.*$/, '-$1') }));
  const isInPlace = args.some(({ value }) => /^(-[nErsuz]*i.*|--in-place.*)$/.test(value));
  const keepsElsewhere = args.some(({ value }) => /^(-[nErsuz]*i|--in-place=).*[/*]/.test(value));
  return isInPlace && !keepsElsewhere && args.every((word) => word.isKnown) && isReadOnlySed(printing)
    ? sedFiles(printing)
    : undefined;
}

function sedFiles(args: readonly Argument[]): Argument[] {
  const hasExpression = args.some(({ value }) => /^(-[nErsuz]*e|--expression=.*)$/.test(value));
  const operands = args.filter(({ value }) => !value.startsWith('-'));
  return hasExpression ? operands : operands.slice(1);
}

function pathIn(argument: Argument): Argument[] {
  const { value, isKnown } = argument;
  if (!isKnown || !value.startsWith('-')) return [argument];
  const equals = value.indexOf('=');
  if (equals !== -1) return [{ value: value.slice(equals + 1), isKnown }];
  return value.length > 2 && !value.startsWith('--') && value.includes('/') ? [{ value: value.slice(2), isKnown }] : [];
}
