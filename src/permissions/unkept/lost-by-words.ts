import { join } from 'node:path';
import { type Argument, programName, type ScriptReading, type SimpleCommand } from '../../core/shell/read-script.ts';
import { startedCommands } from '../started-commands.ts';
import { namedOutputs } from './output-options.ts';

/** What a command deletes, empties or replaces by its words, from the folder in which it runs: a path, or a pattern as in `:(glob)`. */
export type LostByWords = {
  readonly path: string;
  readonly isPattern: boolean;
  /** Only a file that is there already is lost, not what lies in a folder of that name. */
  readonly isReplaced?: true;
};

/** None for a command that does no such thing, or whose words do not tell. */
export function lostByWords(command: SimpleCommand): LostByWords[] {
  const [, ...args] = command.words;
  const name = nameOf(command);
  return [...deletedBy(name, args), ...replacedBy(name, args), ...emptiedBy(name, command)];
}

function deletedBy(name: string, args: readonly Argument[]): LostByWords[] {
  if (/^(rm|unlink|shred|rimraf|trash|srm|truncate)$/.test(name)) return operandsOf(args).flatMap(placesOf);
  const values = args.map(({ value }) => value);
  const deletes =
    values.includes('-delete') ||
    values.some((value, at) => /^-exec(dir)?$/.test(value) && /^(rm|shred|unlink)$/.test(values[at + 1] ?? ''));
  if (name !== 'find' || !deletes) return [];
  const start = values.findIndex((value) => /^[-(!]/.test(value));
  const roots = start === 0 ? ['.'] : values.slice(0, start);
  const names = values.filter((_, at) => /^-i?name$/.test(values[at - 1] ?? ''));
  return roots.flatMap((root): LostByWords[] =>
    names.length === 0
      ? [{ path: root, isPattern: false }]
      : names.map((each) => ({ path: join(root, '**', each), isPattern: true })),
  );
}

/** Files that take the content of another: the last operand of `cp`, also as the folder that it goes to, and each of what filters in place. */
function replacedBy(name: string, args: readonly Argument[]): LostByWords[] {
  const has = (pattern: RegExp) => args.some(({ value }) => pattern.test(value));
  const operands = operandsOf(args);
  const replaced = (words: readonly Argument[]) =>
    words
      .filter(({ isKnown }) => isKnown)
      .map(({ value }) => ({ path: value, isPattern: false, isReplaced: true }) as const);
  if (name === 'dd')
    return replaced(args).flatMap((each) =>
      each.path.startsWith('of=') ? [{ ...each, path: each.path.slice(3) }] : [],
    );
  if (name === 'tee') return has(/^(-[a-z]*a|--append)/) ? [] : replaced(operands);
  const outputs = namedOutputs(name, args).map((path) => ({ path, isPattern: false, isReplaced: true }) as const);
  if (outputs.length > 0) return outputs;
  if (/^g?sed$/.test(name)) return has(/^(-[nErsuz]*i|--in-place)/) ? replaced(operands) : [];
  const copies = /^(cp|mv|install)$/.test(name) || (name === 'ln' && has(/^(-[a-z]*f|--force)/));
  if (!copies || has(/^(-[a-zA-Z]*[nub]|-[a-zA-Z]*t|--(no-clobber|update|backup|target-directory).*)$/)) return [];
  const [aim, ...sources] = replaced(operands).reverse();
  if (!aim || sources.length === 0) return [];
  return [aim, ...sources.map(({ path }) => ({ ...aim, path: join(aim.path, path.slice(path.lastIndexOf('/') + 1)) }))];
}

/**
 * A path that a command gives another name, and the places where it may be found then: a folder is told from a file only by what is there. None
 * where another file takes its place (`gzip`), which would count as made since.
 */
export type MovedByWords = { readonly path: string; readonly aims: readonly string[] };

/** Known words alone: of a pattern nobody knows which of its files goes where. */
export function movedByWords(command: SimpleCommand): MovedByWords[] {
  const args = command.words.slice(1);
  const name = nameOf(command);
  const operands = operandsOf(args).flatMap(({ value, isKnown }) => (isKnown ? [value] : []));
  const has = (pattern: RegExp) => args.some(({ value }) => pattern.test(value));
  if (/^(gzip|bzip2|xz)$/.test(name) && !has(/^(-[a-zA-Z]*[kcltd]|--(keep|stdout|list|test|decompress))/))
    return operands.map((path) => ({ path, aims: [] }));
  if (name !== 'mv') return [];
  const folder = args.findIndex(({ value }) => /^(-t|--target-directory)$/.test(value));
  const aim = folder === -1 ? operands.at(-1) : args[folder + 1]?.value;
  if (aim === undefined) return [];
  const sources = operands.filter((value) => value !== aim);
  return sources.map((path) => ({ path, aims: [aim, join(aim, path.slice(path.lastIndexOf('/') + 1))] }));
}

/** `> f` and `echo x > f`: what is written is there in the words. Builds write their output over ignored files all day. */
function emptiedBy(name: string, { writes }: SimpleCommand): LostByWords[] {
  if (!/^(|:|true|echo|printf|cat)$/.test(name)) return [];
  return writes
    .filter(({ isAppend }) => !isAppend)
    .flatMap(placesOf)
    .map((each) => ({ ...each, isReplaced: true }));
}

function operandsOf(args: readonly Argument[]): Argument[] {
  return args.filter(({ value }) => !value.startsWith('-'));
}

/**
 * What a script's commands list for one that deletes what it is given (`ls a b | xargs rm`): the same commands as if they deleted it themselves.
 */
export function listedForDeletion({ commands }: ScriptReading): SimpleCommand[] {
  const deletes = (command: SimpleCommand) =>
    command.isFed &&
    startedCommands(command).some(
      (started) => started.isCompleted && /^(rm|unlink|shred|truncate)$/.test(nameOf(started.command)),
    );
  if (!commands.some(deletes)) return [];
  const as = (value: string): Argument => ({ value, isKnown: true, likely: [value] });
  return commands.flatMap((command) => {
    if (nameOf(command) === 'find') return [{ ...command, words: [...command.words, as('-delete')] }];
    return /^(ls|echo|printf)$/.test(nameOf(command))
      ? [{ ...command, words: [as('rm'), ...command.words.slice(1)] }]
      : [];
  });
}

function nameOf({ words }: SimpleCommand): string {
  return programName(words[0]?.value ?? '');
}

/** As far as a word tells: one with a pattern or a variable means what its likely values do. */
function placesOf({ value, isKnown, likely }: Argument): LostByWords[] {
  if (isKnown) return [{ path: value, isPattern: false }];
  return likely.filter((each) => !/[$`]/.test(each)).map((path) => ({ path, isPattern: true }));
}
