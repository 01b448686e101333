import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf, UserError } from '../core/errors.ts';
import { nearestName } from '../core/text/nearest-name.ts';
import type { ApprovalMode, ObserverMode } from '../core/types.ts';
import {
  apiChoices,
  approvalChoices,
  commands,
  demoFlags,
  type Flag,
  inputChoices,
  outputChoices,
  runFlags,
  winkChoices,
} from './options.ts';

export type OutputFormat = (typeof outputChoices)[number];

/** The flags of a run, parsed; undefined where the user said nothing, so that config and environment can. */
export type RunFlags = {
  readonly print: boolean;
  readonly model?: string;
  readonly baseUrl?: string;
  readonly api?: (typeof apiChoices)[number];
  readonly observerModel?: string;
  readonly wink?: ObserverMode;
  readonly approval?: ApprovalMode;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly outputFormat?: OutputFormat;
  readonly inputFormat?: (typeof inputChoices)[number];
  readonly outputSchema?: string;
  readonly artifact?: string;
  readonly maxTurns?: number;
  readonly maxCostUsd?: number;
  readonly maxTokens?: number;
  readonly timeoutSeconds?: number;
  readonly cwd?: string;
  readonly addDirs: readonly string[];
  readonly session?: string;
  readonly continue: boolean;
  readonly hasSession: boolean;
  readonly trust: boolean;
  readonly configFile?: string;
  readonly verbose: boolean;
  readonly keep?: string;
};

const commandNames: readonly string[] = commands.map(({ name }) => name);

export type Arguments =
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly command?: 'demo' | 'resume' }
  | { readonly kind: 'command'; readonly name: string; readonly rest: string[] }
  | {
      readonly kind: 'run';
      readonly command?: 'demo' | 'resume';
      readonly words: readonly string[];
      readonly flags: RunFlags;
    };

/** Parses the words after `wink-agent`. A mistake throws UserError: what is wrong, what would be right. */
export function parseArguments(words: readonly string[]): Arguments {
  const first = words[0];
  const command = commands.find(({ name }) => name === first)?.name;
  if (command && command !== 'demo' && command !== 'resume')
    return { kind: 'command', name: command, rest: words.slice(1) };
  const runCommand = command === 'demo' || command === 'resume' ? command : undefined;
  const { values, positionals } = parseFlags(
    runCommand ? words.slice(1) : words,
    runCommand === 'demo' ? [...runFlags, ...demoFlags] : runFlags,
  );
  if (values.help) return { kind: 'help', ...(runCommand ? { command: runCommand } : {}) };
  if (values.version) return { kind: 'version' };
  if (!runCommand && values.print !== true) {
    const meant = commonWords.get(positionals.join(' '));
    if (meant !== undefined) return meant();
    rejectMistypedCommand(positionals);
  }
  return { kind: 'run', ...(runCommand ? { command: runCommand } : {}), words: positionals, flags: readFlags(values) };
}

/** Words that are commands of other programs. */
const commonWords: ReadonlyMap<string, () => Arguments> = new Map<string, () => Arguments>([
  ['help', () => ({ kind: 'help' })],
  ['version', () => ({ kind: 'version' })],
  ...['update', 'upgrade'].map(
    (word) => [word, () => reject(word, '`npm install -g wink-agent@latest` updates it')] as const,
  ),
  ['models', () => reject('models', '`/model` on the screen lists what the endpoint offers')],
]);

/** One word that is nearly a command, alone or with one behind it, is a slip: as a prompt it would cost a request and do something else than was meant. */
function rejectMistypedCommand(words: readonly string[]): void {
  const [word = ''] = words;
  if (words.length > 2 || words.some((each) => /\s/.test(each)) || word.length < 5) return;
  const near = nearestName(word, commandNames);
  if (near !== undefined && near !== word)
    reject(words.join(' '), `did you mean \`wink-agent ${[near, ...words.slice(1)].join(' ')}\`?`);
}

function reject(words: string, instead: string): never {
  const hint = instead.endsWith('?') ? instead : `${instead}.`;
  throw new UserError(`There is no command ${words}; ${hint} As a prompt: \`wink-agent -p "${words}"\`.`);
}

/** The flags of a run that was given none: for commands that read the configuration alone. */
export function parseNoFlags(): RunFlags {
  return readFlags({});
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** node:util's parser over our table, with its errors said in our words. Used by the other commands too. */
export function parseFlags(
  words: readonly string[],
  flags: readonly Flag[],
): { values: Values; positionals: string[] } {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const { name, type, short, multiple } of flags)
    options[name] = { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) };
  const { args, restore } = hideDashedTexts(words, flags);
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true, strict: true });
    return { values: mapValues(values, restore), positionals: positionals.map(restore) };
  } catch (error) {
    throw new UserError(explain(messageOf(error), flags));
  }
}

/**
 * A text that begins with a dash and has a blank or a line break in it is not an option (a list, front matter, "-1 is returned"), unless it is
 * `--name=a text`. A mark replaces it for node:util's parser, and is put back afterwards.
 */
function hideDashedTexts(
  words: readonly string[],
  flags: readonly Flag[],
): { args: string[]; restore: (word: string) => string } {
  const end = words.indexOf('--');
  /** A short option with its value, a folder that has a blank in its name. */
  const hasValue = (word: string) =>
    /^-\w[/.~]/.test(word) && flags.some(({ short, type }) => short === word[1] && type === 'string');
  const isText = (word: string, at: number) =>
    (end === -1 || at < end) && word.startsWith('-') && /\s/.test(word) && !/^--[\w-]+=/.test(word) && !hasValue(word);
  const args = words.map((word, at) => (isText(word, at) ? `\0${at}` : word));
  return { args, restore: (word) => (word.startsWith('\0') ? (words[Number(word.slice(1))] ?? word) : word) };
}

function mapValues(values: Values, restore: (word: string) => string): Values {
  const one = (value: string | boolean) => (typeof value === 'string' ? restore(value) : value);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value === undefined ? undefined : typeof value === 'object' ? value.map(one) : one(value),
    ]),
  );
}

function explain(message: string, flags: readonly Flag[]): string {
  const unknown = message.match(/Unknown option '(-[^']*)'/)?.[1];
  if (unknown) {
    const near = nearestName(
      unknown.replace(/^-+/, ''),
      flags.map(({ name }) => name),
    );
    return `There is no option ${unknown}${near ? `; did you mean --${near}?` : '.'} \`wink-agent --help\` lists them all; a prompt that begins with a dash goes after \`--\`.`;
  }
  const dashed = message.match(/Option '(?:-\w, )?(--[\w-]+)[^']*' argument is ambiguous/)?.[1];
  if (dashed) return `The value of ${dashed} begins with a dash; if it is meant so, write ${dashed}=VALUE.`;
  const bare = message.match(/Option '(?:-\w, )?(--[\w-]+)[^']*' argument missing/)?.[1];
  if (bare) return `${bare} needs a value; \`wink-agent --help\` shows which.`;
  return `${message.split('\n')[0]?.replace(/\.?$/, '.')} \`wink-agent --help\` shows how.`;
}

function readFlags(values: Values): RunFlags {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const list = (name: string) => (Array.isArray(values[name]) ? values[name].map(String) : []);
  const wink = values.shadow ? 'shadow' : choice('wink', text('wink'), winkChoices);
  if (values.shadow && text('wink') && text('wink') !== 'shadow')
    throw new UserError(`--shadow and --wink ${text('wink')} contradict each other; give one of them.`);
  return {
    print: values.print === true,
    continue: values.continue === true,
    hasSession: values['no-session'] !== true,
    trust: values.trust === true,
    verbose: values.verbose === true,
    allow: list('allow'),
    deny: list('deny'),
    addDirs: list('add-dir'),
    ...given('model', text('model')),
    ...given('baseUrl', text('base-url')),
    ...given('api', choice('api', text('api'), apiChoices)),
    ...given('observerModel', text('observer-model')),
    ...given('wink', wink),
    ...given('approval', choice('approval', text('approval'), approvalChoices)),
    ...given('outputFormat', choice('output-format', text('output-format'), outputChoices)),
    ...given('inputFormat', choice('input-format', text('input-format'), inputChoices)),
    ...given('outputSchema', text('output-schema')),
    ...given('artifact', text('artifact')),
    ...given('maxTurns', number('max-turns', text('max-turns'), { whole: true })),
    ...given('maxCostUsd', number('max-cost', text('max-cost'), { whole: false })),
    ...given('maxTokens', number('max-tokens', text('max-tokens'), { whole: true })),
    ...given('timeoutSeconds', number('timeout', text('timeout'), { whole: false })),
    ...given('cwd', text('cwd')),
    ...given('session', text('session')),
    ...given('configFile', text('config')),
    ...given('keep', text('keep')),
  };
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  const result: { [K in Key]?: Value } = {};
  if (value !== undefined) result[key] = value;
  return result;
}

function choice<Choice extends string>(
  flag: string,
  value: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((candidate) => candidate === value);
  if (!found) throw new UserError(`--${flag} takes one of ${choices.join(', ')}; it was given \`${value}\`.`);
  return found;
}

function number(flag: string, value: string | undefined, { whole }: { whole: boolean }): number | undefined {
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (!value.trim() || !Number.isFinite(parsed) || parsed <= 0 || (whole && !Number.isInteger(parsed))) {
    throw new UserError(`--${flag} takes a ${whole ? 'whole ' : ''}number above 0; it was given \`${value}\`.`);
  }
  return parsed;
}
