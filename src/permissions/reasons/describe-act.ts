import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { clipCommand, programName, type SimpleCommand } from '../../core/shell/read-script.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { matchPaths } from '../../core/text/path-pattern.ts';
import { plainEffect } from '../plain-effects.ts';
import { runsUnseenText, startedCommands } from '../started-commands.ts';
import { acts, graver, starters } from './acts.ts';
import { connectionOf } from './other-machines.ts';

/** Options that mean something are shorter than this; of longer words only the beginning is looked at. */
const maxOptionLength = 1_000;

/** What a command does, as a sentence without its end: `rm` deletes files. `otherwise` is given for a program that is not known. */
export function describeAct(command: SimpleCommand, otherwise = 'may change things'): string {
  const found = findAct(command);
  return found ? `\`${found.subject}\` ${found.does}` : `\`${clipCommand(nameOf(command))}\` ${otherwise}`;
}

/** How much a command may cost, from 1 to 4. */
export function gravityOf(command: SimpleCommand): number {
  return findAct(command)?.gravity ?? 1;
}

type Found = { readonly subject: string; readonly does: string; readonly gravity: number };

/** The gravest of what a command does and starts; of two the inner one, which says more than the program that starts it. */
function findAct(command: SimpleCommand): Found | undefined {
  let gravest: Found | undefined;
  for (const { command: started, isOther, isCompleted, where } of startedCommands(command)) {
    const found = findOwnAct(started);
    if (found === undefined || found.gravity < (gravest?.gravity ?? 0)) continue;
    const whose = isOther && started !== command ? ' as another user' : '';
    const place = where === undefined ? '' : ` ${where}`;
    const does = isCompleted ? found.does.replace(/^deletes files$/, 'deletes whatever files it is given') : found.does;
    gravest = { ...found, does: does + whose + place };
  }
  return gravest;
}

function nameOf({ words }: SimpleCommand): string {
  return programName(words[0]?.value ?? '');
}

function findOwnAct(command: SimpleCommand): Found | undefined {
  const name = nameOf(command);
  const written = command.words.slice(1).map(({ value }) => value.slice(0, maxOptionLength));
  const rest = name === 'git' ? withoutGitOptions(written) : written;
  const calls = verbsOf(rest).map((verb) => `${name} ${verb}`);
  const found = [
    ...findGraver(name, calls, rest),
    ...(name === 'git' ? findGitAct(command, rest) : []),
    ...findStarter(name, calls, rest),
    ...(runsUnseenText(command) ? [{ subject: name, does: 'runs a program that is not shown here', gravity: 3 }] : []),
    ...findConnection(command, name),
    ...(name === 'git' && isListing(command, rest) ? [] : findByName(name, calls)),
  ];
  return found.reduce<Found | undefined>(
    (gravest, each) => (gravest && gravest.gravity >= each.gravity ? gravest : each),
    undefined,
  );
}

/** What may be the subcommand: the first operand, and where that may be the value of an option (`-n prod delete`), the next one. */
function verbsOf(rest: readonly string[]): readonly string[] {
  const verbs: string[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    if (rest[at]!.startsWith('-')) continue;
    verbs.push(rest[at]!);
    if (!/^-[^=]*$/.test(rest[at - 1] ?? '')) break;
  }
  return verbs.length === 0 ? [''] : verbs;
}

function findGraver(name: string, calls: readonly string[], rest: readonly string[]): Found[] {
  const end = rest.indexOf('--');
  // Behind `--` are the words of something else, but for git, to which it says that files follow.
  const own = end === -1 || name === 'git' ? rest : rest.slice(0, end);
  return graver
    .filter(
      ([pattern, word]) =>
        calls.some((call) => pattern.test(call)) &&
        own.some((each) => word.test(each) || (isGitPattern(each) && word.test('.git'))),
    )
    .map(([, , does, gravity]) => ({ subject: clipCommand([name, ...rest].join(' ')), does, gravity }));
}

/** `.g*`: among what it means is the folder of the repository. */
function isGitPattern(word: string): boolean {
  const last = word.replace(/^\.\//, '');
  return /^\.[a-z]*[*?[]/.test(last) && !last.includes('/') && matchPaths([last], { dot: true })('.git');
}

/** `git stash list`, `git config --get x`. */
function isListing(command: SimpleCommand, [verb = '']: readonly string[]): boolean {
  return /^(config|remote|stash|branch|tag|worktree|submodule|notes|reflog)$/.test(verb) && !plainEffect(command);
}

/** `git stash drop`; and `git checkout` of files, which no option of it tells from that of a branch. */
function findGitAct({ folder }: SimpleCommand, [verb, ...rest]: readonly string[]): Found[] {
  const [action = ''] = rest;
  if (verb === 'stash' && /^(drop|clear)$/.test(action))
    return [{ subject: `git stash ${action}`, does: 'deletes stashed changes', gravity: 3 }];
  const operands = rest.filter((value) => !value.startsWith('-'));
  const [, host] = /^(?:[a-z+]+:\/\/|(?=[^/]+:))(?:[^/@]*@)?([^/:]+)/.exec(operands[0] ?? '') ?? [];
  if (verb === 'push' && host !== undefined)
    return [{ subject: 'git push', does: `sends commits to ${host}`, gravity: 2.1 }];
  const isNew = rest.some((value) => /^(-[bB]|--orphan|-t|--track.*|--detach)$/.test(value));
  const isOfFiles = operands.length > 1 || (operands[0] !== undefined && existsSync(resolve(folder, operands[0])));
  if (verb !== 'checkout' || isNew || !isOfFiles) return [];
  const subject = clipCommand(['git checkout', ...rest].join(' '));
  return [{ subject, does: 'throws away uncommitted changes', gravity: 3 }];
}

function findStarter(name: string, calls: readonly string[], rest: readonly string[]): Found[] {
  return starters
    .filter(([pattern]) => calls.some((call) => pattern.test(call)))
    .flatMap(([, option]) => {
      const at = rest.findIndex((value, place) => option.test(value) && !startsSsh(value, rest[place + 1]));
      // The program may be in the next word.
      return at === -1 ? [] : [rest.slice(at, /^--?[a-zA-Z-]+$/.test(rest[at]!) ? at + 2 : at + 1).join(' ')];
    })
    .map((option) => ({
      subject: clipCommand(`${name} ${option}`),
      does: 'starts a program that its options name',
      gravity: 2.5,
    }));
}

/** `rsync -e ssh`, with a port or a key: what it would start anyway. */
function startsSsh(option: string, next = ''): boolean {
  const program = option.includes('=') ? option.slice(option.indexOf('=') + 1) : next;
  return /^(-[a-z]*e|--rsh(=.*)?)$/.test(option) && /^ssh( -[pil] ?[^\s;]+)*$/.test(program);
}

function findConnection(command: SimpleCommand, name: string): Found[] {
  const connection = connectionOf(command);
  return connection ? [{ subject: name, does: connection.does, gravity: connection.gravity }] : [];
}

function findByName(name: string, calls: readonly string[]): Found[] {
  return acts.flatMap(([pattern, does, gravity = 1]) => {
    const call = calls.find((each) => pattern.test(each));
    if (call === undefined && !pattern.test(name)) return [];
    return [{ subject: clipCommand(call ?? name), does, gravity }];
  });
}
