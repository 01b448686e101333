import { dropOptions } from './flags.ts';
import { type Bash, type Part, readScript, type ScriptScope } from './script.ts';
import { type Argument, programName } from './words.ts';

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
  readonly listsPaths?: boolean;
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
    const words = withWords(opened.listsPaths ? { ...part, hasListedPaths: true } : part, command);
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
  const simple = simpleWrappers[name];
  if (simple) return openSimple(args, simple);
  switch (name) {
    case 'eval':
      return openText(args);
    case 'trap':
      return args.length > 1 ? openText(args.slice(0, 1)) : undefined;
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

type SimpleWrapper = {
  readonly plain: RegExp;
  readonly takesValue: RegExp;
  readonly operands: number;
  readonly isTransparent: boolean;
};

const none = /^$/;

/** Programs that start the command in their arguments; `operands` stand before it. Options that are not listed make them unreadable. */
const simpleWrappers: Readonly<Record<string, SimpleWrapper>> = {
  sudo: { plain: /^-[-a-zA-Z=]+$/, takesValue: /^-[ughpCTrtDR]$/, operands: 0, isTransparent: false },
  doas: { plain: /^-[nsL]$/, takesValue: /^-[uC]$/, operands: 0, isTransparent: false },
  env: {
    plain: /^(-|-i|-0|--ignore-environment|--null|-u.+|--unset=.*)$/,
    takesValue: /^(-u|--unset)$/,
    operands: 0,
    isTransparent: true,
  },
  nice: {
    plain: /^(-n?-?\d+|--adjustment=-?\d+)$/,
    takesValue: /^(-n|--adjustment)$/,
    operands: 0,
    isTransparent: true,
  },
  ionice: { plain: /^-[cn]\d$/, takesValue: /^-[cn]$/, operands: 0, isTransparent: true },
  timeout: {
    plain: /^(--preserve-status|--foreground|-v|--verbose|-[ks].+|--(kill-after|signal)=.*)$/,
    takesValue: /^(-k|-s|--kill-after|--signal)$/,
    operands: 1,
    isTransparent: true,
  },
  gtimeout: {
    plain: /^(--preserve-status|--foreground|-v|--verbose)$/,
    takesValue: /^(-k|-s)$/,
    operands: 1,
    isTransparent: true,
  },
  time: { plain: /^-[pv]$/, takesValue: none, operands: 0, isTransparent: true },
  nohup: { plain: none, takesValue: none, operands: 0, isTransparent: true },
  setsid: { plain: /^(-[cfw]|--wait|--fork)$/, takesValue: none, operands: 0, isTransparent: true },
  stdbuf: { plain: /^-[ioe].+$|^--(input|output|error)=.*$/, takesValue: /^-[ioe]$/, operands: 0, isTransparent: true },
  command: { plain: /^-p$/, takesValue: none, operands: 0, isTransparent: true },
  builtin: { plain: none, takesValue: none, operands: 0, isTransparent: true },
  exec: { plain: /^-[cl]+$/, takesValue: /^-a$/, operands: 0, isTransparent: true },
  busybox: { plain: none, takesValue: none, operands: 0, isTransparent: true },
  chroot: { plain: /^--.*$/, takesValue: none, operands: 1, isTransparent: false },
  strace: { plain: /^-[a-zA-Z]+$/, takesValue: /^-[eopsPuaEIO]$/, operands: 0, isTransparent: false },
  flock: { plain: /^-[a-zA-Z]+$/, takesValue: /^-[wE]$/, operands: 1, isTransparent: false },
  unshare: { plain: /^-.*$/, takesValue: none, operands: 0, isTransparent: false },
  parallel: { plain: /^-.*$/, takesValue: /^-j$/, operands: 0, isTransparent: false },
  npx: { plain: /^(-y|--yes|--no|--no-install)$/, takesValue: none, operands: 0, isTransparent: false },
  caffeinate: { plain: /^-[dimsu]+$/, takesValue: none, operands: 0, isTransparent: true },
};

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

function openAfter(args: readonly Argument[], option: string, isTransparent: boolean): Unwrapped | undefined {
  const at = args.findIndex(({ value }) => value === option);
  return at === -1
    ? { isTransparent: false, problem: 'it starts a shell' }
    : openText(args.slice(at + 1, at + 2), isTransparent);
}

function openXargs(args: readonly Argument[]): Unwrapped {
  const plain = /^(-[0rtx]+|-[nPLsEd].+|--(null|no-run-if-empty|verbose|max-args=.*|max-procs=.*|delimiter=.*))$/;
  const rest = dropOptions(args, plain, /^(-[nPLIsEd]|--(max-args|max-procs|delimiter))$/);
  if (!rest) return { isTransparent: false, problem: 'it has an option whose effect is not known' };
  const replaced = args.slice(0, args.length - rest.length).findIndex(({ value }) => value === '-I');
  if (replaced !== -1) return { commands: [hideNames(rest, args[replaced + 1]!.value)], isTransparent: true };
  const command = rest.length > 0 ? rest : [{ value: 'echo', isKnown: true }];
  return { commands: [[...command, { value: '(names from standard input)', isKnown: false }]], isTransparent: true };
}

function hideNames(words: readonly Argument[], mark: string): Argument[] {
  return words.map((word) => (word.value.includes(mark) ? { value: word.value, isKnown: false } : word));
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
    listsPaths: true,
    isTransparent: !args.some(({ value }) => /^-(delete|fprint.*|fls)$/.test(value)),
  };
}

function openFd(args: readonly Argument[]): Unwrapped | undefined {
  const at = args.findIndex(({ value }) => /^(-[a-zA-Z]*[xX]|--exec(-batch)?)$/.test(value));
  if (at === -1) return undefined;
  return {
    commands: [[...args.slice(at + 1), { value: '{}', isKnown: false }]],
    listsPaths: true,
    isTransparent: true,
  };
}
