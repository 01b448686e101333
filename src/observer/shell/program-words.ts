import { withoutGitOptions } from '../../core/text/git-options.ts';

const wrappers = new Set(
  'sudo time nice nohup env command exec stdbuf xvfb-run then do else if while until !'.split(' '),
);

/** The words of a command without assignments and wrappers (`sudo`, `timeout 5`, `env A=b`). */
export function programWords(words: readonly string[]): readonly string[] {
  let at = 0;
  while (at < words.length) {
    const word = words[at]!;
    if (/^[A-Za-z_]\w*\+?=/.test(word) || wrappers.has(word)) at += 1;
    else if (word === 'timeout') at += words[at + 1]?.startsWith('-') ? 3 : 2;
    else break;
  }
  return at === 0 ? words : words.slice(at);
}

export type GitCommand = { readonly verb: string; readonly rest: readonly string[] };

/** What git is to do: the verb and what follows it; undefined for another program, and for git without a verb. */
export function readGitCommand(words: readonly string[]): GitCommand | undefined {
  const [program = '', ...args] = programWords(words);
  if (program.replace(/^.*\//, '') !== 'git') return undefined;
  const [verb, ...rest] = withoutGitOptions(args);
  return verb === undefined ? undefined : { verb, rest };
}
