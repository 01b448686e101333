import { clipCommand, programName, type SimpleCommand } from '../core/shell/read-script.ts';

/** A program, or one with its first operand; what it does; how much may be lost (1 to 4, 1 by default). */
type Act = readonly [RegExp, string, number?];

/** What well-known programs do, after their name: what a person is asked about in words that need no second reading. */
const acts: readonly Act[] = [
  [/^(rm|rmdir|unlink|shred)$/, 'deletes files', 3],
  [/^git push$/, 'sends commits to a remote', 2],
  [/^git restore$/, 'throws away uncommitted changes', 3],
  [
    /^git (reset|checkout|restore|clean|stash|rebase|merge|revert|switch|commit|add|rm|mv|pull|cherry-pick|apply)$/,
    'changes the repository',
  ],
  [/^(mv|rename)$/, 'moves files'],
  [/^(cp|tee|touch|mkdir|ln|install|truncate|dd|sed|patch|tar|unzip|zip|gzip)$/, 'writes files'],
  [/^(chmod|chown|chgrp)$/, 'changes the owner or permissions of files', 2],
  [/^(curl|wget|ssh|scp|sftp|rsync|nc|ncat)$/, 'connects to other machines', 2],
  [/^(sudo|doas|su)$/, 'runs a command as another user', 3],
  [/^(kill|pkill|killall)$/, 'ends processes', 2],
  [
    /^(npm|pnpm|yarn|bun|pip|pip3|uv|cargo|gem|brew|apt|apt-get|go|composer) (i|install|add|ci|get|update|upgrade|remove|uninstall)$/,
    'installs or removes packages',
    2,
  ],
  [/^(npm|cargo|twine|gem) publish$/, 'publishes a package', 3],
  [/^(sh|bash|zsh|dash|fish|python\d*(\.\d+)?|node|ruby|perl|php|deno|bun|lua|Rscript)$/, 'runs a program'],
  [/^(npm|pnpm|yarn|bun) (test|t|run|exec|start)$/, 'runs scripts of this repository'],
  [/^(make|just|gradle|mvn|cargo|go|npx|bunx|pnpx)$/, 'runs programs'],
];

/** What a single word makes of a command: its program and subcommand, the word, what it does then, and how much may be lost. */
const graver: readonly (readonly [RegExp, RegExp, string, number])[] = [
  [/^git push$/, /^(--force.*|-\w*f\w*|\+.+)$/, 'overwrites commits on a remote', 4],
  [/^git push$/, /^(--delete|-d|--mirror|--prune|:.+)$/, 'deletes branches on a remote', 4],
  [/^git reset$/, /^--hard$/, 'throws away uncommitted changes', 4],
  [/^git clean$/, /^(-\w*f\w*|--force)$/, 'deletes untracked files', 4],
  [/^git checkout$/, /^(--|\.|-\w*f\w*|--force)$/, 'throws away uncommitted changes', 3],
  [/^git branch$/, /^-\w*D\w*$/, 'deletes branches', 3],
  [/^find /, /^-delete$/, 'deletes files', 3],
];

/** Options that mean something are shorter than this; of longer words only the beginning is looked at. */
const maxOptionLength = 100;

/** What a command does, as a sentence without its end: `rm` deletes files. `otherwise` is given for a program that is not known. */
export function describeAct(command: SimpleCommand, otherwise = 'may change things'): string {
  const found = findAct(command);
  return found ? `\`${found.subject}\` ${found.act[1]}` : `\`${nameOf(command)}\` ${otherwise}`;
}

/** How much a command may cost, from 1 to 4. */
export function gravityOf(command: SimpleCommand): number {
  return findAct(command)?.act[2] ?? 1;
}

function nameOf({ words }: SimpleCommand): string {
  return programName(words[0]?.value ?? '');
}

function findAct(command: SimpleCommand): { readonly act: Act; readonly subject: string } | undefined {
  const name = nameOf(command);
  const rest = command.words.slice(1).map(({ value }) => value);
  const verb = rest.find((value) => !value.startsWith('-')) ?? '';
  const called = `${name} ${verb}`;
  const [, action = ''] = rest;
  if (called === 'git stash' && /^(drop|clear)$/.test(action))
    return { act: [/^/, 'deletes stashed changes', 3], subject: `git stash ${action}` };
  for (const [pattern, word, does, gravity] of graver)
    if (pattern.test(called) && rest.some((each) => word.test(each.slice(0, maxOptionLength))))
      return { act: [pattern, does, gravity], subject: clipCommand([name, ...rest].join(' ')) };
  for (const act of acts) {
    if (act[0].test(called)) return { act, subject: called };
    if (act[0].test(name)) return { act, subject: name };
  }
  return undefined;
}
