import { dropOptions } from './flags.ts';
import { listedName } from './listed-paths.ts';
import type { Bash, Listed, Part } from './part.ts';
import { readScript, type ScriptScope } from './script.ts';
import { type Argument, programName } from './words.ts';
import { type SimpleWrapper, simpleWrappers, startingSubcommands } from './wrappers.ts';

/** A command and the commands that it starts in its turn (`env`, `xargs`, `sh -c`). */
export type Layer = {
  readonly part: Part;
  /** Empty for a command that starts no other that can be seen. */
  readonly inner: readonly Layer[];
  /** It does nothing but start the inner ones, so what is allowed for them is allowed for it. */
  readonly isTransparent: boolean;
  /** Why what it runs can't be seen. */
  readonly problem?: string;
};

const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash', 'fish']);

type Unwrapped = {
  readonly commands?: readonly (readonly Argument[])[];
  readonly script?: string;
  readonly isTransparent: boolean;
  /** The unknown words of the commands are names of files that the wrapper itself lists, from places that are judged. */
  readonly listed?: Listed;
  readonly problem?: string;
};

/** Opens the wrappers of a command, at most 12 deep. */
export function unwrap(part: Part, scope: ScriptScope, bash: Bash, depth = 0): Layer {
  const name = part.words[0];
  if (!name) return { part, inner: [], isTransparent: false };
  if (!name.isKnown)
    return {
      part,
      inner: [],
      isTransparent: false,
      problem: `\`${name.value}\` stands for a command that can't be seen`,
    };
  if (depth > 12) return { part, inner: [], isTransparent: false, problem: 'its wrappers are nested too deeply' };
  const opened = open(programName(name.value), part);
  if (!opened) return { part, inner: [], isTransparent: false };
  const inner: Layer[] = [];
  const problems = opened.problem ? [opened.problem] : [];
  for (const command of opened.commands ?? []) {
    if (command.length === 0) continue;
    const words = withWords(opened.listed ? { ...part, listed: opened.listed } : part, command);
    inner.push(unwrap(words, scope, bash, depth + 1));
  }
  if (opened.script !== undefined) {
    const reading = readScript(opened.script, { home: scope.home, folders: part.folders }, bash);
    problems.push(...reading.problems);
    inner.push(...reading.parts.map((each) => unwrap(each, scope, bash, depth + 1)));
  }
  return {
    part,
    inner,
    isTransparent: opened.isTransparent,
    ...(problems[0] === undefined ? {} : { problem: problems[0] }),
  };
}

/** `env A=1 cmd`: leading assignments become the command's own. */
function withWords(part: Part, args: readonly Argument[]): Part {
  const assignments: { name: string; value: readonly Argument[] }[] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(args[at]!.value);
    if (!match) break;
    assignments.push({ name: match[1]!, value: [{ value: match[2]!, isKnown: args[at]!.isKnown }] });
  }
  return { ...part, words: args.slice(at), assignments, writes: [], reads: [] };
}

function open(name: string, part: Part): Unwrapped | undefined {
  const args = part.words.slice(1);
  if (shells.has(name)) return openShell(args, part);
  const textOption = args.findIndex(({ value }) => /^(-c|--command|--call)$/.test(value));
  if (textOption !== -1 && /^(flock|runuser)$/.test(name))
    return openText(args.slice(textOption + 1, textOption + 2), false);
  const simple = Object.hasOwn(simpleWrappers, name) ? simpleWrappers[name] : undefined;
  if (simple) return openSimple(args, simple);
  if (Object.hasOwn(startingSubcommands, name) && startingSubcommands[name]!.test(args[0]?.value ?? ''))
    return openStarting(args.slice(1));
  switch (name) {
    case 'eval':
      return openText(args);
    case 'trap':
      return args.length > 1 ? openText(args.slice(0, 1)) : undefined;
    case 'alias':
      return openAliases(args);
    case 'git':
      return args.some(({ value }) => /^(-c|--config-env=)?alias\./i.test(value))
        ? { isTransparent: false, problem: 'it defines an alias of its own' }
        : undefined;
    case 'watch':
      return openText(dropOptions(args, /^-[-a-zA-Z0-9=.]+$/, /^-n$/) ?? []);
    case 'su':
      return openAfter(args, '-c', false);
    case 'xargs':
      return openXargs(args);
    case 'find':
      return openFind(args);
    case 'fd':
    case 'fdfind':
      return openFd(args);
    case 'script':
      return openAfter(args, '-c', false);
    case 'source':
    case '.':
      return { isTransparent: false, problem: 'it runs a script whose content is not judged' };
    default:
      return undefined;
  }
}

function openSimple(args: readonly Argument[], wrapper: SimpleWrapper): Unwrapped {
  const isQuery = args[0]?.value === '-v' || args[0]?.value === '-V';
  if (isQuery) return { isTransparent: false };
  const rest = dropOptions(args, wrapper.plain, wrapper.takesValue);
  if (!rest) return { isTransparent: false, problem: 'it has an option whose effect is not known' };
  return { commands: [rest.slice(wrapper.operands)], isTransparent: wrapper.isTransparent };
}

/** `sh -c TEXT` is TEXT; a shell that reads a file or its standard input runs what can't be seen, but a here-document can. */
function openShell(args: readonly Argument[], part: Part): Unwrapped {
  const at = args.findIndex(({ value }) => /^-[a-zA-Z]*c[a-zA-Z]*$/.test(value));
  const hidden = { isTransparent: false, problem: 'it runs a script whose content is not judged' };
  if (at !== -1)
    return openText(
      args.slice(at + 1, at + 2),
      args.slice(0, at).every(({ value }) => /^(-[a-zA-Z]+|--(no)?(login|rc|profile|norc|noprofile))$/.test(value)),
    );
  if (args.some(({ value }) => !value.startsWith('-')) && !args.some(({ value }) => value === '-s')) return hidden;
  if (args.some(({ value }) => value === '--version')) return { isTransparent: false };
  if (part.input.length > 0) return { isTransparent: true, script: part.input.join('\n') };
  return hidden;
}

function openText(args: readonly Argument[], isTransparent = true): Unwrapped {
  if (args.some((argument) => !argument.isKnown))
    return { isTransparent: false, problem: "it runs text that can't be seen" };
  return { script: args.map((argument) => argument.value).join(' '), isTransparent };
}

/** `npm exec -- cmd`, `npm exec -c 'text'`. */
function openStarting(args: readonly Argument[]): Unwrapped {
  const at = args.findIndex(({ value }) => /^(-c|--call)$/.test(value));
  if (at !== -1) return openText(args.slice(at + 1, at + 2), false);
  return openSimple(args, { plain: /^-[-a-z]+(=.*)?$/, takesValue: /^$/, operands: 0, isTransparent: false });
}

function openAliases(args: readonly Argument[]): Unwrapped | undefined {
  const texts = args.flatMap((argument) => {
    const at = argument.value.indexOf('=');
    return at === -1 ? [] : [{ ...argument, value: argument.value.slice(at + 1) }];
  });
  if (texts.some((text) => !text.isKnown)) return { isTransparent: false, problem: "it runs text that can't be seen" };
  return texts.length === 0 ? undefined : { script: texts.map(({ value }) => value).join('\n'), isTransparent: false };
}

function openAfter(args: readonly Argument[], option: string, isTransparent: boolean): Unwrapped | undefined {
  const at = args.findIndex(({ value }) => value === option);
  return at === -1
    ? { isTransparent: false, problem: 'it starts a shell' }
    : openText(args.slice(at + 1, at + 2), isTransparent);
}

function openXargs(args: readonly Argument[]): Unwrapped {
  const plain =
    /^(-[0rtx]+|-[nPLsEdI].+|-i.*|--(null|no-run-if-empty|verbose|max-args=.*|max-procs=.*|delimiter=.*|replace(=.*)?))$/;
  const rest = dropOptions(args, plain, /^(-[nPLIsEd]|--(max-args|max-procs|delimiter))$/);
  if (!rest) return { isTransparent: false, problem: 'it has an option whose effect is not known' };
  const mark = replacedMark(args.slice(0, args.length - rest.length).map(({ value }) => value));
  if (mark !== undefined) return { commands: [hideNames(rest, mark)], isTransparent: true };
  const command = rest.length > 0 ? rest : [{ value: 'echo', isKnown: true }];
  return { commands: [[...command, listedName]], isTransparent: true };
}

/** The text that `-I{}`, `-I {}`, `-i` or `--replace` puts names in the place of. */
function replacedMark(options: readonly string[]): string | undefined {
  const at = options.findIndex((value) => /^(-I|-i|--replace)/.test(value));
  if (at === -1) return undefined;
  const [, glued] = /^(?:-I|-i|--replace=?)(.*)$/s.exec(options[at]!)!;
  return glued || (options[at] === '-I' ? options[at + 1] : '{}');
}

/** A name alone is as good as the listing it comes from; a word made of one (`../{}`) may lead anywhere. */
function hideNames(words: readonly Argument[], mark: string): Argument[] {
  return words.map((word) => {
    if (word.value === mark) return listedName;
    return word.value.includes(mark) ? { value: word.value, isKnown: false } : word;
  });
}

/** `find … -exec CMD {} \;`: each command, with the names found for `{}`. Actions that write make the whole more than its commands. */
function openFind(args: readonly Argument[]): Unwrapped | undefined {
  const commands: Argument[][] = [];
  for (let at = 0; at < args.length; at++) {
    if (!/^-(exec|execdir|ok|okdir)$/.test(args[at]!.value)) continue;
    const end = args.findIndex(({ value }, index) => index > at && (value === ';' || value === '+'));
    commands.push(hideNames(args.slice(at + 1, end === -1 ? undefined : end), '{}'));
    at = end === -1 ? args.length : end;
  }
  if (commands.length === 0) return undefined;
  return {
    commands,
    listed: 'rooted',
    isTransparent: !args.some(({ value }) => /^-(delete|fprint.*|fls)$/.test(value)),
  };
}

function openFd(args: readonly Argument[]): Unwrapped | undefined {
  const at = args.findIndex(({ value }) => /^(-[a-zA-Z]*[xX]|--exec(-batch)?)$/.test(value));
  if (at === -1) return undefined;
  return {
    commands: [[...args.slice(at + 1), listedName]],
    listed: 'bare',
    isTransparent: true,
  };
}
