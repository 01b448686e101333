import { type Argument, clipCommand, programName, readScript, type SimpleCommand } from '../core/shell/read-script.ts';

/** A command that another starts, or that command itself. */
export type StartedCommand = {
  readonly command: SimpleCommand;
  /** It runs as another user, most likely the one who may do everything. */
  readonly isOther: boolean;
  /** Some of its words come from input or from a search: they are not in the text. */
  readonly isCompleted: boolean;
  /** It runs on another machine or in a container, as the end of a sentence: `on a.example`. Absent where it runs here. */
  readonly where?: string;
};

/**
 * How a program that starts another takes its words: letters of its own options that have a value in the next word, the operands before
 * the command, and whether the command is text for a shell.
 */
type Wrapper = { readonly values?: string; readonly operands?: number; readonly isText?: true };

const wrappers: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  ...named('nohup builtin command setsid busybox toybox pkexec unbuffer dbus-run-session firejail valgrind entr', {}),
  ...named('npx bunx pnpx uvx pipx caffeinate', { values: 'pctw' }),
  ...named('time strace ltrace', { values: 'fopeasuPEIOSXU' }),
  ...named('exec', { values: 'a' }),
  ...named('nice', { values: 'n' }),
  ...named('ionice', { values: 'cnPu' }),
  ...named('chrt', { values: 'TPD', operands: 1 }),
  ...named('taskset chroot', { operands: 1 }),
  ...named('timeout gtimeout', { values: 'ks', operands: 1 }),
  ...named('stdbuf', { values: 'ioe' }),
  ...named('env', { values: 'uC' }),
  ...named('sudo doas', { values: 'ugphCrtTUDR' }),
  ...named('xargs', { values: 'adEILnPs' }),
  ...named('parallel', { values: 'jNnLPIad', isText: true }),
  ...named('flock', { values: 'wE', operands: 1 }),
  ...named('unshare nsenter systemd-run xvfb-run', { values: 'SGRwtpHMuEenfs' }),
  ...named('watch', { values: 'nq', isText: true }),
  ...named('eval trap', { isText: true }),
]);

/** Long options of these programs whose value may be the next word. */
const longWithValue =
  /^--(unset|chdir|signal|kill-after|user|group|host|prompt|close-from|chroot|command-timeout|max-args|max-procs|max-lines|max-chars|delimiter|arg-file|adjustment|class|classdata|input|output|error|wait|timeout|conflict-exit-code|interval|jobs|package|role|type|format|trace|attach|name|network|mount|volume|env|env-file|workdir|entrypoint|platform|publish|hostname|memory|cpus|gpus|namespace|container|context|kubeconfig|project-name|file|index)$/;

const shells = /^((ba|da|z|k|a|mk)?sh|fish)$/;
const deepest = 6;
const maxStarted = 30;
/** Words of a command of `find` that has no end. */
const maxWords = 100;

function named(names: string, wrapper: Wrapper): [string, Wrapper][] {
  return names.split(' ').map((name) => [name, wrapper]);
}

/** A command and every command that its words say it starts: through `sudo`, `env`, `xargs`, `find -exec`, `sh -c` and the like. */
export function startedCommands(command: SimpleCommand, home = '~'): readonly StartedCommand[] {
  const earlier = known.get(command)?.get(home);
  if (earlier) return earlier;
  const found: StartedCommand[] = [];
  collect({ command, isOther: false, isCompleted: false }, { found, home }, 0);
  known.set(command, new Map([...(known.get(command) ?? []), [home, found]]));
  return found;
}

/** One question asks for the same several times. */
const known = new WeakMap<SimpleCommand, ReadonlyMap<string, readonly StartedCommand[]>>();

type Collection = { readonly found: StartedCommand[]; readonly home: string };

function collect(started: StartedCommand, to: Collection, depth: number): void {
  if (started.command.words.length === 0 || to.found.length >= maxStarted) return;
  to.found.push(started);
  if (depth >= deepest) return;
  const { command } = started;
  const name = nameOf(command);
  const isOther = started.isOther || /^(sudo|doas|su|pkexec)$/.test(name);
  const isCompleted = started.isCompleted || /^(xargs|parallel|find|fdfind|fd)$/.test(name);
  const read = (text: string) => readScript(text, { home: to.home, cwd: command.folder }).commands;
  const away = leave(name, command);
  const where = away?.where ?? started.where;
  const inner = away
    ? away.isText
      ? read(away.words.map(({ value }) => value).join(' '))
      : [{ ...command, words: away.words }]
    : innerCommands(name, command, read);
  for (const each of inner)
    collect({ command: each, isOther, isCompleted, ...(where === undefined ? {} : { where }) }, to, depth + 1);
}

/** The words of a command that are for this machine: those of a command that it starts on another one, or in a container, are not. */
export function wordsHere(command: SimpleCommand): readonly Argument[] {
  const away = leave(nameOf(command), command);
  return away ? command.words.slice(0, command.words.length - away.words.length) : command.words;
}

/** The machine that `ssh` and its like log in to; empty where none is named. */
export function hostOfLogin({ words }: SimpleCommand): string {
  const values = words.map(({ value }) => value);
  return values[operandAt(values, 1, withValueOfSsh)] ?? '';
}

/** Whether what `ssh` is fed goes to a shell or another interpreter there: it names no command, or such a program without one of its own. */
export function isShellElsewhere({ words }: SimpleCommand): boolean {
  const values = words.map(({ value }) => value);
  const [first, ...rest] = values
    .slice(operandAt(values, 1, withValueOfSsh) + 1)
    .join(' ')
    .trim()
    .split(/\s+/);
  return !first || (interpreters.test(programName(first)) && rest.every((each) => /^-(s|x|e|l|-)?$/.test(each)));
}

const withValueOfSsh = 'bcDEeFIiJLlmOopPQRSWw';

/** The command that `ssh`, `docker exec`, `docker run` or `kubectl exec` start, and where. */
function leave(name: string, { words }: SimpleCommand): Away | undefined {
  const values = words.map(({ value }) => value);
  if (name === 'ssh') {
    const at = operandAt(values, 1, withValueOfSsh);
    return { where: `on ${clipCommand(values[at] ?? 'another machine')}`, words: words.slice(at + 1), isText: true };
  }
  if (!/^(docker|podman|kubectl|oc|docker-compose)$/.test(name)) return undefined;
  const verb = values.slice(0, maxWords).findIndex((value) => /^(exec|run)$/.test(value));
  if (verb === -1) return undefined;
  const isCluster = /^(kubectl|oc)$/.test(name);
  const at = operandAt(values, verb + 1, isCluster ? 'nc' : 'aehlmpuvwc');
  const subject = clipCommand(values[at] ?? '');
  if (isCluster) {
    const end = values.indexOf('--');
    return { where: `in the pod ${subject}`, words: end === -1 ? [] : words.slice(end + 1), isText: false };
  }
  const sees = values.slice(verb, at).some((value) => /^(-v|--volume|--mount|--privileged|--pid|--device)/.test(value));
  const where = values[verb] === 'exec' ? `in the container ${subject}` : `in a container of ${subject}`;
  return {
    where: sees ? `${where}, which reaches files of this machine` : where,
    words: words.slice(at + 1),
    isText: false,
  };
}

type Away = { readonly where: string; readonly words: readonly Argument[]; readonly isText: boolean };

function nameOf({ words }: SimpleCommand): string {
  return programName(words[0]?.value ?? '');
}

type Read = (text: string) => readonly SimpleCommand[];

function innerCommands(name: string, command: SimpleCommand, read: Read): readonly SimpleCommand[] {
  const values = command.words.map(({ value }) => value);
  if (name === 'find') return runsOf(command, values, /^-(exec|ok)(dir)?$/);
  if (name === 'fd' || name === 'fdfind') return runsOf(command, values, /^(-[xX]|--exec(-batch)?)$/);
  if (shells.test(name)) return [...textAfter(values, /^-[a-z]*c$/, read), ...command.input.flatMap(read)];
  if (/^(su|script|runuser)$/.test(name)) return textAfter(values, /^(-[a-z]*c|--command)$/, read);
  if (/^(npm|pnpm|yarn|bun|uv|poetry|bundle)$/.test(name) && /^(exec|x|dlx|run)$/.test(values[1] ?? ''))
    return values[1] === 'run' && !/^(uv|poetry)$/.test(name) ? [] : [tailOf(command, operandAt(values, 2, ''))];
  const wrapper = wrappers.get(name);
  if (!wrapper) return [];
  if (name === 'command' && /^-[vV]/.test(values[1] ?? '')) return [];
  const at = operandAt(values, 1, wrapper.values ?? '') + (wrapper.operands ?? 0);
  const isFlockText = name === 'flock' && /^(-c|--command)$/.test(values[at] ?? '');
  const text = name === 'env' ? textAfter(values, /^(-[a-z]*S|--split-string)$/, read) : [];
  if (wrapper.isText || isFlockText) return read(values.slice(isFlockText ? at + 1 : at).join(' '));
  return [...text, tailOf(command, at)];
}

/** Where the first word is that is no option, no option's value and no assignment. */
function operandAt(values: readonly string[], from: number, withValue: string): number {
  let at = from;
  for (; at < values.length; at += 1) {
    const value = values[at]!;
    if (value === '--') return at + 1;
    if (/^[A-Za-z_]\w*=/.test(value)) continue;
    if (!/^-./.test(value)) return at;
    const isLetters = /^-[A-Za-z]+$/.test(value);
    if (longWithValue.test(value) || (isLetters && withValue.includes(value.at(-1)!))) at += 1;
  }
  return at;
}

function tailOf(command: SimpleCommand, at: number): SimpleCommand {
  return { ...command, words: command.words.slice(at) };
}

/** The commands of `find -exec … ;`. */
function runsOf(command: SimpleCommand, values: readonly string[], action: RegExp): readonly SimpleCommand[] {
  const runs: SimpleCommand[] = [];
  for (let at = 0; at < values.length && runs.length < maxStarted; at += 1) {
    if (!action.test(values[at]!)) continue;
    const end = values.findIndex((each, place) => place > at && /^[;+]$/.test(each));
    runs.push({ ...command, words: command.words.slice(at + 1, end === -1 ? at + maxWords : end) });
  }
  return runs;
}

function textAfter(values: readonly string[], option: RegExp, read: Read): readonly SimpleCommand[] {
  const place = values.findIndex((value, at) => at > 0 && option.test(value));
  return place === -1 ? [] : read(values[place + 1] ?? '');
}

const interpreters =
  /^((ba|da|z|k|a|mk)?sh|fish|python\d*(\.\d+)?|node|nodejs|ruby|perl|php|deno|bun|lua|tclsh|Rscript|osascript)$/;
const programInArgument = /^-[a-zA-Z]*[ceEpr]$|^--(eval|print|command|exec)(=|$)|^eval$/;

/** An interpreter that takes its program from an argument or from its input: the same words may run anything the next time. */
export function hidesItsProgram(command: SimpleCommand): boolean {
  if (!interpreters.test(nameOf(command))) return false;
  return command.words.some(({ value }, at) => at > 0 && programInArgument.test(value)) || readsItsProgram(command);
}

/** The file that an interpreter or `source` runs, as it is called; undefined where the program is in an argument, or there is none. */
export function scriptOf(command: SimpleCommand): string | undefined {
  const name = nameOf(command);
  if (!interpreters.test(name) && !/^(source|\.)$/.test(name)) return undefined;
  const args = command.words.slice(1);
  if (args.some(({ value }) => programInArgument.test(value))) return undefined;
  return args.find(({ value, isKnown }) => isKnown && !value.startsWith('-'))?.value;
}

/** An interpreter whose program comes from a pipe, a file or a variable: nothing of it is in the text. */
export function runsUnseenText(command: SimpleCommand): boolean {
  const name = nameOf(command);
  const args = command.words.slice(1);
  if (/^(eval|source|\.)$/.test(name)) return args.some(({ isKnown }) => !isKnown);
  if (!interpreters.test(name)) return false;
  const option = args.findIndex(({ value }) => programInArgument.test(value));
  if (option !== -1) return args[option + 1]?.isKnown === false;
  // `bash <(curl x)`, `bash "$X"`.
  if (args.find(({ value }) => !value.startsWith('-'))?.isKnown === false) return true;
  return readsItsProgram(command) && command.isFed && command.input.length === 0;
}

function readsItsProgram({ words }: SimpleCommand): boolean {
  const operand = words.slice(1).find(({ value }) => value === '-' || !value.startsWith('-'))?.value;
  return operand === undefined || operand === '-' || operand === '/dev/stdin';
}
