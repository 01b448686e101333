import { withoutGitOptions } from '../text/git-options.ts';

/**
 * A repository's own settings name programs that git starts by itself: file system monitors, filters, diff drivers, hooks. These options
 * switch off all that have a fixed name; put them in front of the subcommand.
 */
const guards = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.sshCommand=false',
  'core.gitProxy=',
  'core.alternateRefsCommand=false',
  'core.pager=cat',
  'core.editor=false',
  'credential.helper=',
  'diff.external=',
  'gpg.program=false',
  'log.showSignature=false',
  'protocol.allow=never',
  'submodule.recurse=false',
  // A submodule has settings of its own, and `diff` would show what it holds by a git in it.
  'diff.submodule=short',
  'status.submoduleSummary=false',
  'uploadpack.packObjectsHook=',
  // What is switched off can't be used by another owner of the folder either.
  'safe.directory=*',
].flatMap((setting) => ['-c', setting]);

/**
 * The words of a git of ours, with what switches off programs that a repository names. What looks at files does not look into submodules: it
 * would start a git there, for which drivers that only they define stay on. `add`, `commit` and `stash` can't be kept from that: see `stageAll`.
 */
export function guardGit(words: readonly string[]): string[] {
  const [verb = '', ...rest] = withoutGitOptions(words);
  const isLooking = /^(diff|diff-files|diff-index|status)$/.test(verb);
  const isKept = rest.some((word) => word.startsWith('--ignore-submodules'));
  const options = [
    // An empty setting is no program, and git would fail for want of it.
    ...(/^(diff|diff-files|diff-index|diff-tree|log|show)$/.test(verb) ? ['--no-ext-diff', '--no-textconv'] : []),
    ...(isLooking && !isKept ? ['--ignore-submodules=dirty'] : []),
  ];
  return [...guards, ...words.slice(0, words.length - rest.length), ...options, ...rest];
}

/** `git add --all` without a look into submodules: what is found by the first words is given to the second, from the top of a working tree. */
export const stageAll = {
  find: ['-c', 'core.quotePath=true', 'ls-files', '--others', '--modified', '--deleted', '--exclude-standard'],
  stage: ['update-index', '--add', '--remove', '--replace', '--stdin'],
  /** A repository in the working tree is named with a slash, and staged without. */
  input: (found: string): string => found.replaceAll(/\/("?)$/gm, '$1'),
} as const;
