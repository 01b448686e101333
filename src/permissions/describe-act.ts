import { clipCommand, programName, type SimpleCommand } from '../core/shell/read-script.ts';
import { withoutGitOptions } from '../core/text/git-options.ts';
import { runsUnseenText, startedCommands } from './started-commands.ts';

/** A program, or one with its first operand; what it does; how much may be lost (1 to 4, 1 by default; what runs programs is a little graver than what writes files). */
type Act = readonly [RegExp, string, number?];

/** What well-known programs do, after their name: what a person is asked about in words that need no second reading. */
const acts: readonly Act[] = [
  [/^(rm|rmdir|unlink|shred|rimraf|trash|srm|wipe)$/, 'deletes files', 3],
  [/^(mkfs(\..+)?|wipefs|fdisk|sfdisk|parted)$/, 'erases a disk', 4],
  [/^(shutdown|reboot|halt|poweroff)$/, 'stops the machine', 3],
  [/^(kubectl delete|helm (uninstall|delete)|terraform destroy)$/, 'deletes what runs elsewhere', 4],
  [/^(dropdb|dropuser)$/, 'deletes a database', 4],
  [/^(gh|glab) (repo|release|secret|api)$/, 'may change a repository elsewhere', 3],
  [/^git (filter-branch|filter-repo)$/, 'rewrites the whole history', 4],
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
  [/^(sh|bash|zsh|dash|fish|python\d*(\.\d+)?|node|ruby|perl|php|deno|bun|lua|Rscript)$/, 'runs a program', 1.5],
  [/^(npm|pnpm|yarn|bun) (test|t|run|exec|start)$/, 'runs scripts of this repository', 1.5],
  [/^(docker|podman) (run|exec|compose|build)$/, 'runs programs that may reach the whole machine', 2],
  [/^(make|just|gradle|mvn|cargo|go|npx|bunx|pnpx)$/, 'runs programs', 1.5],
  [/^[^ ]*\/[^ ]*$/, 'is a program that may do anything', 1.5],
];

/** What a single word makes of a command: its program and subcommand, the word, what it does then, and how much may be lost. */
const graver: readonly (readonly [RegExp, RegExp, string, number])[] = [
  [/^git push$/, /^(--force.*|-\w*f\w*|\+.+)$/, 'overwrites commits on a remote', 4],
  [/^git push$/, /^(--delete|-d|--mirror|--prune|:.+)$/, 'deletes branches on a remote', 4],
  [/^git reset$/, /^--hard$/, 'throws away uncommitted changes', 4],
  [/^git clean$/, /^(-\w*f\w*|--force)$/, 'deletes untracked files', 4],
  [/^git checkout$/, /^-[a-zA-Z]*B/, 'takes commits off a branch', 3],
  [/^git switch$/, /^(-[a-zA-Z]*C|--force-c)/, 'takes commits off a branch', 3],
  [/^git checkout$/, /^(--|\.|-\w*f\w*|--force)$/, 'throws away uncommitted changes', 3],
  [/^git switch$/, /^(-\w*f\w*|--force|--di.*)$/, 'throws away uncommitted changes', 3],
  [/^git branch$/, /^-\w*D\w*$/, 'deletes branches', 3],
  [/^git branch$/, /^(-\w*[fMC]\w*|--force)$/, 'takes commits off a branch', 3],
  [/^git tag$/, /^(-d|--delete)$/, 'deletes tags', 3],
  [/^git update-ref$/, /^-d$/, 'deletes branches', 3],
  [/^git reflog$/, /^(expire|delete|drop)$/, 'deletes the way back to earlier commits', 4],
  [/^git (gc|prune)$/, /^(--prune.*|--expire.*)$/, 'deletes the way back to earlier commits', 4],
  [/^git worktree$/, /^remove$/, 'deletes files', 3],
  [/^git submodule$/, /^deinit$/, 'deletes files', 3],
  [/^git submodule$/, /^foreach$/, 'runs a command in every submodule', 2],
  [/^git rebase$/, /^(-x.*|--exec.*)$/, 'rewrites commits and runs a command after each', 2],
  [/^find /, /^-delete$/, 'deletes files', 3],
  [/^rsync /, /^--(delete|remove).*$/, 'deletes files', 3],
  [/^dd /, /^of=\/dev\/(?!null$|zero$|std).*$/, 'overwrites a device', 4],
  [/^(docker|podman) /, /^(rm|rmi|prune|kill)$/, 'deletes containers, images or volumes', 3],
];

/** Options that mean something are shorter than this; of longer words only the beginning is looked at. */
const maxOptionLength = 100;

/** What a command does, as a sentence without its end: `rm` deletes files. `otherwise` is given for a program that is not known. */
export function describeAct(command: SimpleCommand, otherwise = 'may change things'): string {
  const found = findAct(command);
  return found ? `\`${found.subject}\` ${found.does}` : `\`${nameOf(command)}\` ${otherwise}`;
}

/** How much a command may cost, from 1 to 4. */
export function gravityOf(command: SimpleCommand): number {
  return findAct(command)?.gravity ?? 1;
}

type Found = { readonly subject: string; readonly does: string; readonly gravity: number };

/** The gravest of what a command does and starts; of two the inner one, which says more than the program that starts it. */
function findAct(command: SimpleCommand): Found | undefined {
  let gravest: Found | undefined;
  for (const { command: started, isOther, isCompleted } of startedCommands(command)) {
    const found = findOwnAct(started);
    if (found === undefined || found.gravity < (gravest?.gravity ?? 0)) continue;
    const whose = isOther && started !== command ? ' as another user' : '';
    const does = isCompleted ? found.does.replace(/^deletes files$/, 'deletes whatever files it is given') : found.does;
    gravest = { ...found, does: does + whose };
  }
  return gravest;
}

function nameOf({ words }: SimpleCommand): string {
  return programName(words[0]?.value ?? '');
}

function findOwnAct(command: SimpleCommand): Found | undefined {
  const name = nameOf(command);
  const written = command.words.slice(1).map(({ value }) => value);
  const rest = name === 'git' ? withoutGitOptions(written) : written;
  const verb = rest.find((value) => !value.startsWith('-')) ?? '';
  const called = `${name} ${verb}`;
  const [, action = ''] = rest;
  if (called === 'git stash' && /^(drop|clear)$/.test(action))
    return { subject: `git stash ${action}`, does: 'deletes stashed changes', gravity: 3 };
  for (const [pattern, word, does, gravity] of graver)
    if (pattern.test(called) && rest.some((each) => word.test(each.slice(0, maxOptionLength))))
      return { subject: clipCommand([name, ...rest].join(' ')), does, gravity };
  if (runsUnseenText(command)) return { subject: name, does: 'runs a program that is not shown here', gravity: 3 };
  for (const [pattern, does, gravity = 1] of acts) {
    if (pattern.test(called)) return { subject: called, does, gravity };
    if (pattern.test(name)) return { subject: name, does, gravity };
  }
  return undefined;
}
