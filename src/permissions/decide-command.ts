import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Argument,
  clipCommand,
  programName,
  readScript,
  type ScriptReading,
  type SimpleCommand,
} from '../core/shell/read-script.ts';
import type { Confinement } from '../core/tool.ts';
import { allowingRule, forbidCommand } from './command-rules.ts';
import { decidePath, findByRule, type PartDecision, type PermissionContext } from './decide-path.ts';
import { describeAct, gravityOf } from './describe-act.ts';
import { readsFolder } from './folder-readers.ts';
import { describeOutside, isSystem, namedOutside } from './outside.ts';
import { isInside, isSecret } from './path-kinds.ts';
import { pathsInWord, pathsOf } from './paths-in-command.ts';
import { type Effect, plainEffect, programWords, startedEffect } from './plain-effects.ts';
import { isPlainRepository, readKnown } from './reading-commands.ts';
import { suggestRule } from './suggest-rule.ts';

/** What was found about a command, and how it is held if nothing forbids it or asks. */
export type CommandDecision = { readonly parts: readonly PartDecision[]; readonly confinement: Confinement };

/**
 * Decides a shell command. What it does is not proven from its text: where there is a sandbox, what runs without a question runs in
 * one that makes it harmless, and the text only tells what to ask about at once. Without a sandbox only literal commands that are
 * known to read run by themselves.
 */
export function decideCommand(command: string, given: PermissionContext): CommandDecision {
  const context = { ...given, offersFilesOnly: true };
  const approved = (...parts: PartDecision[]): CommandDecision => ({ parts, confinement: 'approved' });
  if (command.trim() === '') return approved({ ruling: 'allow', reason: 'The command is empty.' });
  const script = readScript(command, { home: context.places.home, cwd: context.places.cwd });
  const forbidden = forbidCommand(script, context);
  if (forbidden.some(({ ruling }) => ruling === 'deny')) return approved(...forbidden);
  if (context.mode === 'full')
    return approved(...forbidden, { ruling: 'allow', reason: 'Mode full allows every command.' });
  const byRule = context.mode === 'plan' ? undefined : coveredByRules(script, context);
  if (byRule) return approved(...forbidden, ...byRule);
  const plain = script.commands.flatMap((each) => decidePlainly(each, context));
  const asked = [...forbidden, ...plain, ...nameGravest(script, plain)];
  if (context.canConfine) return decideConfined(command, script, asked, context);
  return approved(...asked, ...decideUnconfined(command, script, context));
}

/** Every simple command is covered by an allow rule or only reads, and at least one is covered; undefined when that is not so. */
function coveredByRules(
  { commands, problem, setsNothing }: ScriptReading,
  context: PermissionContext,
): PartDecision[] | undefined {
  const everything = context.rules.find(
    (rule) => rule.effect === 'allow' && rule.kind === 'shell' && rule.pattern === undefined,
  );
  if (everything) return [findByRule(everything, 'every command')];
  if (problem || !setsNothing) return undefined;
  // With all its effects it would write to a place that nobody has seen.
  if (commands.some(({ writes, reads }) => [...writes, ...reads].some(({ isKnown }) => !isKnown))) return undefined;
  const parts: PartDecision[] = [];
  let hasRule = false;
  // With a redirection anywhere, what is read may be no pipe.
  const isPiped = !commands.some(({ text }) => text.includes('<'));
  for (const command of commands) {
    const rule = command.words.length > 0 ? allowingRule(command, context) : undefined;
    hasRule ||= rule !== undefined;
    // What only reads runs with all effects next to what the rule covers, so no sandbox keeps a repository's settings from running code.
    if (
      !rule &&
      (readsFolder(command, context.places.roots, isPiped && command.isFed) ||
        !isHarmless(command, { ...context, canConfine: false }))
    )
      return undefined;
    parts.push(...decideRedirects(command, context));
    if (!rule) continue;
    const secrets = rule.pattern?.includes('*')
      ? decideWords(command, context).filter(({ reason }) => reason.endsWith('secrets.'))
      : [];
    parts.push(...secrets, findByRule(rule, `\`${clipCommand(command.text)}\``));
  }
  return hasRule ? parts : undefined;
}

/** A literal command that is known to read, and only what may be read. */
function isHarmless(command: SimpleCommand, context: PermissionContext): boolean {
  const reading = readKnown(command);
  if (command.assigned.length > 0) return false;
  if (command.words.length === 0) return true;
  if (reading.kind !== 'reads' || !command.words.every(({ isKnown }) => isKnown)) return false;
  if (programName(command.words[0]!.value) === 'git' && !context.canConfine && !isPlainRepository(command.folder))
    return false;
  return decideOperands(reading.paths, command, context).every(({ ruling }) => ruling === 'allow');
}

/** What the words of one simple command plainly say: where it writes, which paths it names, what its program does and starts. */
function decidePlainly(command: SimpleCommand, context: PermissionContext): PartDecision[] {
  const redirects = decideRedirects(command, context);
  const words = decideWords(command, context);
  const reading = readKnown(command);
  const option = reading.kind === 'option' ? [decideOption(reading.option, command, context)] : [];
  const effect = startedEffect(command);
  const leadsOut = words.flatMap((part) => part.outside ?? []);
  const isMade = !context.canConfine && isMaker(command, context);
  const acts = effect !== undefined && !isMade && (!mayHappen(effect, context) || leadsOut.length > 0);
  if (!acts) {
    const isAskedAnyway = !context.canConfine && !isMade && reading.kind === 'unknown';
    return [...redirects, ...(isAskedAnyway ? offerCommand(words, command) : words), ...option];
  }
  const act = describeAct(command, effectWords[effect]);
  const what = `${act}${describeOutside(command, { act, asked: leadsOut }, context)}`;
  if (context.mode === 'plan') return [{ ruling: 'deny', reason: `Mode plan only reads, and ${what}.` }];
  const gravity = gravityOf(command) + (leadsOut.length > 0 || namedOutside(command, context).length > 0 ? 1 : 0);
  const asked: PartDecision = { ruling: 'ask', reason: `${what}; mode ${context.mode} asks first.`, gravity };
  return [...offerCommand([asked, ...words], command), ...redirects, ...option];
}

/** A rule for the command covers the paths among its words; one for a path alone would cover more than this command. */
function offerCommand(parts: readonly PartDecision[], command: SimpleCommand): PartDecision[] {
  const rule = suggestRule(command);
  return parts.map(({ suggestion: _, ...part }) =>
    part.ruling === 'ask' && rule ? { ...part, suggestion: rule } : part,
  );
}

/** A yes is for the whole script: where any of it is asked about, the gravest of it is named, which alone might run confined. */
function nameGravest({ commands }: ScriptReading, plain: readonly PartDecision[]): PartDecision[] {
  const asked = plain.filter(({ ruling }) => ruling === 'ask');
  const [gravest] = [...commands].sort((left, right) => gravityOf(right) - gravityOf(left));
  if (asked.length === 0 || !gravest) return [];
  const gravity = gravityOf(gravest);
  if (gravity <= 1 || asked.some((part) => (part.gravity ?? 0) >= gravity)) return [];
  return offerCommand([{ ruling: 'ask', reason: `${describeAct(gravest)}.`, gravity }], gravest);
}

/** An option that is not known of a program that reads: only the very command can be offered. */
function decideOption(option: string, command: SimpleCommand, { mode }: PermissionContext): PartDecision {
  const rule = suggestRule(command);
  return {
    ruling: mode === 'plan' ? 'deny' : 'ask',
    reason: `\`${clipCommand(command.text)}\` has the argument ${clipCommand(option)}, with which it may do more than read.`,
    ...(rule && !rule.endsWith(':*)') ? { suggestion: rule } : {}),
  };
}

const effectWords: Readonly<Record<Effect, string>> = {
  writes: 'changes files',
  commits: 'changes the repository',
  rewrites: "changes the repository's history or settings",
  network: 'needs the network',
  system: 'acts on other processes or the system',
};

function mayHappen(effect: Effect, { mode, canConfine }: PermissionContext): boolean {
  return mode === 'edits' && canConfine && (effect === 'writes' || effect === 'commits');
}

/** How a command is held that nothing asks about. In mode edits the repository's own folder is open to plain git commands alone. */
function decideConfined(
  command: string,
  script: ScriptReading,
  asked: readonly PartDecision[],
  context: PermissionContext,
): CommandDecision {
  const shown = `\`${clipCommand(command)}\``;
  if (context.mode !== 'edits') {
    const reason = `Mode ${context.mode} lets ${shown} run where it can only read.`;
    return { parts: [...asked, { ruling: 'allow', reason }], confinement: 'read-only' };
  }
  const readsOnly =
    script.problem === undefined &&
    script.commands.every((each) => isHarmless(each, context) && each.writes.length === 0);
  if (readsOnly)
    return { parts: [...asked, { ruling: 'allow', reason: `${shown} only reads.` }], confinement: 'read-only' };
  const isCommit = (each: SimpleCommand) => plainEffect(each) === 'commits' && hasNoSettings(each);
  const commits =
    script.isLiteral &&
    script.commands.some(isCommit) &&
    script.commands.every((each) => isCommit(each) || isHarmless(each, context));
  const reason = `Mode edits lets ${shown} run where it can change the workspace only.`;
  return { parts: [...asked, { ruling: 'allow', reason }], confinement: commits ? 'repository' : 'workspace' };
}

/** Git with an option in front of its subcommand may run programs, or act on another repository. */
function hasNoSettings(command: SimpleCommand): boolean {
  const [, first = ''] = programWords(command);
  return !first.startsWith('-') || /^(--no-pager|-P|--no-optional-locks)$/.test(first);
}

const makers = /^(mkdir|touch|cp|mv|rmdir)$/;

/** Where nothing holds a command: one literal command (or several, joined) that only reads, in mode edits also one that makes files. */
function decideUnconfined(command: string, script: ScriptReading, context: PermissionContext): PartDecision[] {
  const shown = `\`${clipCommand(command)}\``;
  const [doubtful] = script.commands
    .filter((each) => !isHarmless(each, context) && !isMaker(each, context))
    .filter((each) => context.mode === 'plan' || !isPathAlone(each))
    .sort((left, right) => gravityOf(right) - gravityOf(left));
  if (script.isLiteral && !script.problem && !doubtful)
    return [{ ruling: 'allow', reason: `${shown} is known and harmless.` }];
  const why = script.problem ?? (doubtful ? describeAct(doubtful) : 'what it expands to is not known');
  if (context.mode === 'plan')
    return [{ ruling: 'deny', reason: `Mode plan only reads, and of ${shown} that is not certain: ${why}.` }];
  const suggestions = script.isLiteral
    ? script.commands.map((each) => (isHarmless(each, context) ? '' : suggestRule(each)))
    : [undefined];
  const suggestion = suggestions.includes(undefined) ? undefined : suggestions.filter(Boolean).join(', ');
  return [
    {
      ruling: 'ask',
      reason: `Mode ${context.mode} asks before ${shown}: ${why}.${context.advice ? ` ${context.advice}` : ''}`,
      ...(suggestion ? { suggestion } : {}),
    },
  ];
}

/** A plain reader is asked about for what it reads, and that is offered. */
function isPathAlone(command: SimpleCommand): boolean {
  return (
    command.assigned.length === 0 &&
    readKnown(command).kind === 'reads' &&
    programName(command.words[0]!.value) !== 'git'
  );
}

function isMaker(command: SimpleCommand, context: PermissionContext): boolean {
  const [first, ...args] = command.words;
  if (context.mode !== 'edits' || command.assigned.length > 0 || !makers.test(programName(first?.value ?? '')))
    return false;
  // What a whole folder holds is not looked at: a repository or settings may be copied with it.
  const options = programName(first!.value) === 'cp' ? /^-[pfv]+$/ : /^-[prRafv]+$/;
  const isKnown = args.every((word) => word.isKnown && (!word.value.startsWith('-') || options.test(word.value)));
  const operands = args.filter(({ value }) => !value.startsWith('-'));
  return (
    isKnown &&
    operands
      .flatMap(({ value }) => pathsOf(command.folder, value))
      .every((path) => decidePath('write', path, context).ruling === 'allow')
  );
}

function decideRedirects({ writes, reads, folder, text }: SimpleCommand, context: PermissionContext): PartDecision[] {
  const socket = [...writes, ...reads].find(({ value }) => /^\/dev\/(tcp|udp)\//.test(value));
  if (socket)
    return [
      {
        ruling: context.mode === 'plan' ? 'deny' : 'ask',
        reason: `\`${clipCommand(text)}\` opens a network connection.`,
      },
    ];
  const decide = (access: 'read' | 'write', words: readonly Argument[]) =>
    words
      .filter(({ isKnown }) => isKnown)
      .flatMap(({ value }) => pathsOf(folder, value))
      .filter((path) => access === 'read' || !isOwnTemporary(path, context))
      .map((path) => decidePath(access, path, context));
  return [...decide('write', writes), ...decide('read', reads)];
}

/** Paths among the words of any command: those that lead out of the workspace, to a secret or to what runs code by itself. */
function decideWords(command: SimpleCommand, context: PermissionContext): PartDecision[] {
  const reading = readKnown(command);
  const words = reading.kind === 'reads' ? reading.paths : command.words.slice(1);
  const parts = decideOperands(words, command, context);
  const effect = startedEffect(command);
  if (context.mode !== 'edits' || (effect !== 'writes' && programName(command.words[0]?.value ?? '') !== 'tee'))
    return parts;
  const written = command.words
    .slice(1)
    .flatMap(pathsInWord)
    .filter((word) => word !== '' && !word.startsWith('-'));
  const paths = written
    .flatMap((word) => pathsOf(command.folder, word))
    .filter((path) => !isOwnTemporary(path, context));
  return [
    ...parts,
    ...paths.map((path) => decidePath('write', path, context)).filter(({ ruling }) => ruling !== 'allow'),
  ];
}

function decideOperands(
  words: readonly Argument[],
  command: SimpleCommand,
  context: PermissionContext,
): PartDecision[] {
  return words
    .filter(({ isKnown }) => isKnown)
    .flatMap(pathsInWord)
    .flatMap((value) => pathsOf(command.folder, value))
    .filter((path) => (existsSync(path) || isSecret(path, context.places)) && !isSystem(path))
    .map((path) => decidePath('read', path, context))
    .filter(({ ruling }) => ruling !== 'allow');
}

/** The commands of a sandbox have a temporary folder of their own. */
function isOwnTemporary(path: string, context: PermissionContext): boolean {
  if (!context.canConfine || context.mode !== 'edits' || !path.startsWith('/tmp/')) return false;
  if (context.real.roots.some((root) => isInside(root, path))) return false;
  return !existsSync(join('/tmp', path.split('/')[2] ?? ''));
}
