import { programName, type SimpleCommand } from '../core/shell/read-script.ts';

/** What well-known programs do, after their name: what a person is asked about in words that need no second reading. */
const acts: readonly (readonly [RegExp, string])[] = [
  [/^(rm|rmdir|unlink|shred)$/, 'deletes files'],
  [/^git push$/, 'sends commits to another repository'],
  [
    /^git (reset|checkout|restore|clean|stash|rebase|merge|revert|switch|commit|add|rm|mv|pull|cherry-pick|apply)$/,
    'changes the repository',
  ],
  [/^(mv|rename)$/, 'moves files'],
  [/^(cp|tee|touch|mkdir|ln|install|truncate|dd|sed|patch|tar|unzip|zip|gzip)$/, 'writes files'],
  [/^(chmod|chown|chgrp)$/, 'changes who may use files'],
  [/^(curl|wget|ssh|scp|sftp|rsync|nc|ncat)$/, 'talks to other machines'],
  [/^(sudo|doas|su)$/, 'runs a command as another user'],
  [/^(kill|pkill|killall)$/, 'ends processes'],
  [
    /^(npm|pnpm|yarn|bun|pip|pip3|uv|cargo|gem|brew|apt|apt-get|go|composer) (i|install|add|ci|get|update|upgrade|remove|uninstall)$/,
    'installs or removes packages',
  ],
  [/^(npm|cargo|twine|gem) publish$/, 'publishes a package'],
  [/^(sh|bash|zsh|dash|fish|python\d*(\.\d+)?|node|ruby|perl|php|deno|bun|lua|Rscript)$/, 'runs a program'],
  [/^(npm|pnpm|yarn|bun) (test|t|run|exec|start)$/, 'runs scripts of this repository'],
  [/^(make|just|gradle|mvn|cargo|go|npx|bunx|pnpx)$/, 'runs programs'],
];

const graveActs =
  /^(rm|rmdir|unlink|shred|dd|sudo|doas|su|kill|pkill|killall|git push|(npm|cargo|twine|gem) publish)( |$)/;

/** Whether a command deletes, publishes or acts beyond the files: of several commands, that is what a person must be told. */
export function isGrave({ words }: SimpleCommand): boolean {
  const [first, ...others] = words.map(({ value }) => value);
  return graveActs.test([programName(first ?? ''), ...others.filter((word) => !word.startsWith('-'))].join(' '));
}

/** What a command does, as a sentence without its end: `rm` deletes files. `otherwise` is given for a program that is not known. */
export function describeAct({ words }: SimpleCommand, otherwise = 'may change things'): string {
  const name = programName(words[0]?.value ?? '');
  if (isForcedPush(words.map(({ value }) => value)))
    return '`git push` with force overwrites or deletes commits in another repository';
  const verb = words.find(({ value }, index) => index > 0 && !value.startsWith('-'))?.value ?? '';
  for (const [pattern, act] of acts) {
    if (pattern.test(`${name} ${verb}`)) return `\`${name} ${verb}\` ${act}`;
    if (pattern.test(name)) return `\`${name}\` ${act}`;
  }
  return `\`${name}\` ${otherwise}`;
}

/** `git push` that overwrites or deletes what stands in the other repository. */
export function isForcedPush([first = '', second, ...others]: readonly string[]): boolean {
  if (programName(first) !== 'git' || second !== 'push') return false;
  return others.some((word) => /^(--force|--delete|--mirror|--prune|-[a-zA-Z]*[fd]|\+|:)/.test(word));
}
