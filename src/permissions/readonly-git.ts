import { hasOption, operandsOf } from './flags.ts';
import type { Argument } from './words.ts';

type Test = (args: readonly Argument[]) => boolean;

const always: Test = (args) =>
  !hasOption(args, '', ['output', 'ext-diff', 'open-files-in-pager', 'exec', 'upload-pack', 'no-index']);
const writesNothing: Test = (args) => always(args) && !hasOption(args, 'O', []);
const oneOf =
  (...names: readonly string[]): Test =>
  (args) =>
    names.includes(args[0]?.value ?? '') && always(args);

/** Git's subcommands that only read, with what their arguments must be like. */
const subcommands: Readonly<Record<string, Test>> = {
  ...Object.fromEntries(
    'status log show diff blame annotate shortlog describe rev-parse rev-list ls-files ls-tree name-rev merge-base diff-tree diff-index diff-files for-each-ref count-objects check-ignore check-attr whatchanged cherry range-diff show-ref show-branch version'
      .split(' ')
      .map((name) => [name, always]),
  ),
  grep: writesNothing,
  'cat-file': (args) => always(args) && !args.some(({ value }) => value.startsWith('--batch')),
  branch: (args) =>
    !hasOption(args, 'dDmMcCfut', [
      'delete',
      'move',
      'copy',
      'force',
      'set-upstream-to',
      'unset-upstream',
      'track',
      'edit-description',
      'create-reflog',
    ]) &&
    isListing(
      args,
      /^(-l|--list|--contains|--no-contains|--merged|--no-merged|--points-at|--show-current|-[arv]+|--all|--remotes)$/,
    ),
  tag: (args) =>
    !hasOption(args, 'adsufmFe', [
      'annotate',
      'delete',
      'sign',
      'local-user',
      'force',
      'message',
      'file',
      'edit',
      'cleanup',
      'create-reflog',
    ]) && isListing(args, /^(-l|--list|-n\d*|--contains|--no-contains|--merged|--no-merged|--points-at)$/),
  remote: (args) =>
    args.length === 0 || (args.length === 1 && /^(-v|--verbose)$/.test(args[0]!.value)) || args[0]?.value === 'get-url',
  stash: oneOf('list', 'show'),
  reflog: (args) => always(args) && !/^(expire|delete|drop|write)$/.test(args[0]?.value ?? ''),
  worktree: oneOf('list'),
  config: (args) =>
    !hasOption(args, 'e', ['edit', 'add', 'unset', 'unset-all', 'replace-all', 'rename-section', 'remove-section']) &&
    /^(--get|--get-all|--list|-l|get|list|--get-regexp)$/.test(
      args.find(({ value }) => !/^--(local|global|system|worktree|show-origin|show-scope|null)$/.test(value))?.value ??
        '',
    ),
  'symbolic-ref': (args) => !hasOption(args, 'dm', ['delete']) && operandsOf(args).length <= 1,
  submodule: (args) => args.length === 0 || (args[0]?.value === 'status' && args.length <= 2),
};

/** With operands these commands make something, unless an option says that they list. */
function isListing(args: readonly Argument[], listOption: RegExp): boolean {
  return operandsOf(args).length === 0 || args.some(({ value }) => listOption.test(value.split('=')[0] ?? ''));
}

export type GitCall = {
  readonly subcommand: string;
  readonly args: readonly Argument[] /** Folders given with -C. */;
  readonly folders: readonly string[] /** It has a global option that may run programs or change where it looks. */;
  readonly isAltered: boolean;
};

/** Takes a git command line apart: global options, subcommand, its arguments. */
export function readGit(args: readonly Argument[]): GitCall {
  const folders: string[] = [];
  let isAltered = false;
  let at = 0;
  for (; at < args.length && args[at]!.value.startsWith('-'); at++) {
    const { value } = args[at]!;
    if (value === '-C') folders.push(args[++at]?.value ?? '');
    else if (!/^(--no-pager|-P|--no-optional-locks|--literal-pathspecs|--version)$/.test(value)) {
      isAltered = true;
      if (/^(-c|--git-dir|--work-tree|--namespace|--exec-path|--config-env)$/.test(value)) at++;
    }
  }
  return { subcommand: args[at]?.value ?? '', args: args.slice(at + 1), folders, isAltered };
}

/** Whether a git command only reads. Options such as `-c` can run programs, so with them it is asked. */
export function isReadOnlyGit(args: readonly Argument[]): boolean {
  const call = readGit(args);
  if (call.isAltered) return false;
  if (call.subcommand === '') return args.length === 1 && args[0]!.value === '--version';
  const test = Object.hasOwn(subcommands, call.subcommand) ? subcommands[call.subcommand] : undefined;
  return test?.(call.args) ?? false;
}
