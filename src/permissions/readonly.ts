import { hasOption, operandsOf } from './flags.ts';
import { listedName } from './listed-paths.ts';
import type { Part } from './part.ts';
import { isReadOnlyGit } from './readonly-git.ts';
import { isReadOnlyAwk, isReadOnlySed } from './readonly-text.ts';
import { type Argument, programName } from './words.ts';

/** What is known of a command that only reads. */
type Known = {
  /** Whether these arguments keep it reading; without it, always. */
  readonly test?: (args: readonly Argument[]) => boolean;
  /** Its arguments can't change what it does, so unknown ones (`$x`) do no harm beyond the paths they may name. */
  readonly takesUnknown?: boolean;
  /** Which arguments may be paths: `all` (also the values of options), `none`, or operands after the first (a pattern, a program). */
  readonly paths: 'all' | 'none' | 'after-first';
};

const reader: Known = { paths: 'all', takesUnknown: true };
const silent: Known = { paths: 'none', takesUnknown: true };
const noOperand: Known = { paths: 'none', test: (args) => operandsOf(args).length === 0 };
const without = (short: string, long: readonly string[] = [], paths: Known['paths'] = 'all'): Known => ({
  paths,
  test: (args) => !hasOption(args, short, long),
});
const versionOnly: Known = {
  paths: 'none',
  test: (args) => args.length === 1 && /^(-v|-V|--version|version)$/.test(args[0]!.value),
};
const isIdentifier = (value: string) => /^[a-z_][a-z0-9_]*$/.test(value);

const rgOptions = ['pre', 'pre-glob', 'hostname-bin', 'search-zip'];

/** Commands that only read, and the options with which they do more. Anything that is not listed here is asked. */
const known: Readonly<Record<string, Known>> = {
  ...list(
    reader,
    'who cat head tail wc nl tac rev cut paste comm cmp fold fmt expand unexpand join tsort strings od hexdump stat readlink realpath basename dirname du df ls dir vdir md5sum sha1sum sha224sum sha256sum sha512sum cksum sum b2sum zcat bzcat xzcat nm size cd',
  ),
  ...list(
    silent,
    'true false : pwd whoami id groups logname uname arch nproc free uptime tty w sleep seq expr getconf locale dirs wait exit return break continue factor numfmt tput',
  ),
  ...list(
    versionOnly,
    'node npm pnpm yarn npx bun deno python python3 pip pip3 ruby perl php java javac gcc g++ clang make cmake cargo rustc rustup go docker kubectl terraform tsc swift dotnet bash zsh uv poetry gem bundle mvn gradle',
  ),
  diff: reader,
  grep: { paths: 'after-first', takesUnknown: true },
  egrep: { paths: 'after-first', takesUnknown: true },
  fgrep: { paths: 'after-first', takesUnknown: true },
  zgrep: without('', [], 'after-first'),
  rg: without('z', rgOptions, 'after-first'),
  ag: without('', ['pager'], 'after-first'),
  fd: without('xX', ['exec', 'exec-batch']),
  fdfind: without('xX', ['exec', 'exec-batch']),
  find: {
    paths: 'all',
    test: (args) => !args.some(({ value }) => /^-(exec|execdir|ok|okdir|delete|fprint.*|fls)$/.test(value)),
  },
  file: without('C', ['compile']),
  tree: without('oR', ['output']),
  sort: without('oT', ['output', 'compress-program', 'temporary-directory']),
  shuf: without('o', ['output']),
  uniq: { paths: 'all', test: (args) => operandsOf(args, new Set(['-f', '-s', '-w'])).length <= 1 },
  base64: without('o', ['output']),
  base32: reader,
  xxd: {
    paths: 'all',
    test: (args) =>
      operandsOf(args, new Set(['-l', '-s', '-c', '-g'])).length <= 1 && !hasOption(args, 'r', ['revert']),
  },
  iconv: without('o', ['output']),
  column: reader,
  objdump: reader,
  readelf: reader,
  jq: {
    paths: 'after-first',
    test: (args) =>
      !hasOption(args, 'L', ['in-place', 'library-path']) &&
      !args.some(({ value }) => /\benv\b|\$ENV\b|\b(import|include)\b/.test(value)),
  },
  yq: {
    paths: 'after-first',
    test: (args) =>
      !hasOption(args, 'is', ['in-place', 'inplace', 'split-exp']) &&
      !args.some(({ value }) => /\b(str)?env(subst)?\b|\bload|\beval\b/.test(value)),
  },
  sed: { paths: 'after-first', test: isReadOnlySed },
  gsed: { paths: 'after-first', test: isReadOnlySed },
  awk: { paths: 'after-first', test: isReadOnlyAwk },
  gawk: { paths: 'after-first', test: isReadOnlyAwk },
  mawk: { paths: 'after-first', test: isReadOnlyAwk },
  git: { paths: 'all', test: isReadOnlyGit },
  echo: silent,
  printf: { paths: 'none', test: (args) => !args[0]?.value.startsWith('-v') },
  test: { paths: 'all', test: (args) => !args.some(({ value }) => value === '-v') },
  '[': { paths: 'all', test: (args) => !args.some(({ value }) => value === '-v') },
  tr: silent,
  which: silent,
  type: silent,
  whereis: silent,
  whatis: silent,
  date: {
    paths: 'none',
    test: (args) =>
      !hasOption(args, 'sf', ['set', 'file']) &&
      operandsOf(args, new Set(['-d', '-r'])).every(({ value }) => value.startsWith('+')),
  },
  cal: silent,
  hostname: { paths: 'none', test: (args) => args.every(({ value }) => /^-[fsidIA]+$/.test(value)) },
  ps: {
    paths: 'none',
    test: (args) => args.every(({ value }) => (value.startsWith('-') ? !value.includes('E') : !value.includes('e'))),
  },
  pgrep: silent,
  command: { paths: 'none', test: (args) => /^-[vV]$/.test(args[0]?.value ?? '') },
  hash: noOperand,
  jobs: { paths: 'none', test: (args) => args.every(({ value }) => /^(-[lnprs]+|%\S+|\d+)$/.test(value)) },
  clear: noOperand,
  read: { paths: 'none', test: (args) => args.every(({ value }) => value === '-r' || isIdentifier(value)) },
  set: {
    paths: 'none',
    test: (args) =>
      args.length > 0 &&
      args.every(({ value }) => /^[-+]([euxf]*o?|o)$/.test(value) || /^(pipefail|errexit|nounset|xtrace)$/.test(value)),
  },
  tar: { paths: 'all', test: isTarListing },
  unzip: {
    paths: 'all',
    test: (args) =>
      /^-[lvZz]$/.test(args[0]?.value ?? '') && args.slice(1).every(({ value }) => !value.startsWith('-')),
  },
  zipinfo: reader,
  gzip: {
    paths: 'all',
    test: (args) =>
      args.length > 0 && /^-[lt]v?$/.test(args[0]!.value) && args.slice(1).every(({ value }) => !value.startsWith('-')),
  },
};

function list(entry: Known, names: string): Record<string, Known> {
  return Object.fromEntries(names.split(' ').map((name) => [name, entry]));
}

function isTarListing(args: readonly Argument[]): boolean {
  const [mode, ...rest] = args;
  return /^-?[vzjJf]*t[vzjJf]*$/.test(mode?.value ?? '') && rest.every(({ value }) => !/^-|:/.test(value));
}

export type Reading = { readonly paths: readonly Argument[] } | { readonly why: string };

/** Whether a command only reads, and then which of its arguments may be paths; otherwise why not, in words that follow "because". */
export function readOnly(part: Part): Reading {
  const first = part.words[0];
  if (!first) return { paths: [] };
  const name = programName(first.value);
  const args = part.words.slice(1);
  const entry = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!entry) return { why: `\`${clipName(first.value)}\` is not known to only read` };
  if (!entry.takesUnknown && args.some((argument) => !argument.isKnown) && !takesListed(name, args, part)) {
    return { why: `an argument of \`${name}\` can't be known beforehand` };
  }
  if (entry.test && !entry.test(args)) return { why: `\`${name}\` with these arguments may do more than read` };
  if (args.some(({ value }) => /\$\{?\w*(KEY|TOKEN|SECRET|PASSW|CREDENTIAL)\w*/i.test(value)))
    return { why: 'it names a variable that looks like a secret' };
  return { paths: pathsOf(entry.paths, name, args) };
}

/** Whether names from a listing do no harm as arguments: nothing that reads options of every kind where a name could be one. */
function takesListed(name: string, args: readonly Argument[], part: Part): boolean {
  if (part.listed === undefined || args.some((word) => !word.isKnown && word !== listedName)) return false;
  if (['awk', 'jq', 'test', '['].includes(name)) return true;
  const isSafe = part.listed === 'rooted' || part.words.some(({ value }) => value === '--');
  return ['sed', 'rg', 'file'].includes(name) && isSafe;
}

function clipName(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

const sedValues = new Set(['-e', '-ne', '-Ee', '-nEe', '-re', '-nre']);

function pathsOf(kind: Known['paths'], name: string, args: readonly Argument[]): Argument[] {
  if (kind === 'none') return [];
  if (name === 'git') return args.flatMap((argument) => [...optionValue(argument), ...pathOfRevision(argument)]);
  if (kind === 'all') return args.flatMap(optionValue);
  const operands = operandsOf(args, name === 'sed' || name === 'gsed' ? sedValues : new Set());
  const options = args
    .filter((argument) => argument.value.startsWith('-') && !operands.includes(argument))
    .flatMap(optionValue);
  const hasPattern = hasOption(args, name === 'sed' || name === 'gsed' ? 'e' : 'ef', [
    'regexp',
    'file',
    'expression',
    'files',
    'from-file',
  ]);
  return [...options, ...(hasPattern ? operands : operands.slice(1))];
}

/** The path that may hide in an argument: itself, what follows `=`, or what is glued to a one-letter option. */
function optionValue(argument: Argument): Argument[] {
  if (!argument.isKnown) return [argument];
  const { value } = argument;
  if (!value.startsWith('-')) return [argument];
  const equals = value.indexOf('=');
  if (value.startsWith('--')) return equals === -1 ? [] : [{ value: value.slice(equals + 1), isKnown: true }];
  return /[/~.]/.test(value) && value.length > 2 ? [{ value: value.slice(2), isKnown: true }] : [];
}

/** The file in `HEAD:.env`, `:.env`, `:0:.env` and `-L1,5:.env`. */
function pathOfRevision({ value, isKnown }: Argument): Argument[] {
  const match = /^(?:-L.*|[\w@{}^~./-]*|:\d|:[^:]*):([^:\s/][^:\s]*)$/.exec(value);
  return match && isKnown ? [{ value: match[1]!, isKnown }] : [];
}
