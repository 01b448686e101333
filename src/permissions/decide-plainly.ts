import { clipCommand, type ScriptReading, type SimpleCommand } from '../core/shell/read-script.ts';
import { decideRedirects, decideWords } from './command-paths.ts';
import type { PartDecision, PermissionContext } from './decide-path.ts';
import { findBrought } from './git/brought-by-git.ts';
import { decideCommitLosses, decideStagedWork } from './git/decide-losses.ts';
import { isMaker } from './harmless-commands.ts';
import { type Effect, startedEffect } from './plain-effects.ts';
import { readKnown } from './reading-commands.ts';
import { describeAct, gravityOf } from './reasons/describe-act.ts';
import { describeOutside, namedOutside } from './reasons/outside.ts';
import { describeTogether } from './reasons/script-acts.ts';
import { suggestRule } from './suggest-rule.ts';
import { findMovedAway, findUnkept } from './unkept/unkept-files.ts';

/** What the words of one simple command plainly say: where it writes, which paths it names, what its program does and starts. */
export function decidePlainly(command: SimpleCommand, context: PermissionContext): PartDecision[] {
  const { cwd } = context.places;
  const redirects = decideRedirects(command, context);
  const words = decideWords(command, context);
  const reading = readKnown(command);
  const option = reading.kind === 'option' ? [decideOption(reading.option, command, context)] : [];
  const effect = startedEffect(command);
  const leadsOut = words.flatMap((part) => part.outside ?? []);
  const isMade = !context.canConfine && isMaker(command, context);
  const acts = effect !== undefined && !isMade && (!mayHappen(effect, context) || leadsOut.length > 0);
  if (!acts) {
    const offered = reading.kind === 'reads' ? offerFiles(words, command, cwd) : offerCommand(words, command, cwd);
    return [
      ...redirects,
      ...(isMade ? words : offered),
      ...option,
      ...offerCommand(
        [
          ...decideUnkept(command, context),
          ...decideMovedAway(command, context),
          ...decideCommitLosses(command, context),
          ...decideBrought(command, context),
        ],
        command,
        cwd,
      ),
      ...decideStagedWork(command, context),
    ];
  }
  const act = describeAct(command, effectWords[effect]);
  const what = `${act}${describeOutside(command, { act, asked: leadsOut }, context)}`;
  if (context.mode === 'plan') return [{ ruling: 'deny', reason: `Mode plan only reads, and ${what}.` }];
  const gravity = gravityOf(command) + (leadsOut.length > 0 || namedOutside(command, context).length > 0 ? 1 : 0);
  const asked: PartDecision = { ruling: 'ask', reason: `${what}; mode ${context.mode} asks first.`, gravity };
  return [...offerCommand([asked, ...words], command, cwd), ...redirects, ...option];
}

/** In mode edits a checkpoint stands in for the question; what is in none is asked about. */
export function decideUnkept(command: SimpleCommand, context: PermissionContext): PartDecision[] {
  if (context.mode !== 'edits') return [];
  const [first, ...more] = findUnkept(command, context);
  if (first === undefined) return [];
  const what = `${clipCommand(first)}${more.length === 0 ? '' : ` and ${more.length} more`}`;
  const act = describeAct(command);
  const does = /(deletes|empties).* files$|deletes files/.test(act)
    ? act
    : `\`${clipCommand(command.text)}\` replaces files`;
  const reason = `${does} that no checkpoint brings back (${what}: ignored by git, too large, or where none is made); mode edits asks first.`;
  return [{ ruling: 'ask', reason, gravity: gravityOf(command) + 0.5 }];
}

/** Under another name it would count as what a build makes, or as what the checkpoint holds. */
function decideMovedAway(command: SimpleCommand, context: PermissionContext): PartDecision[] {
  if (context.mode !== 'edits') return [];
  const [first, ...more] = findMovedAway(command, context);
  if (first === undefined) return [];
  const what = `${clipCommand(first)}${more.length === 0 ? '' : ` and ${more.length} more`}`;
  const reason = `\`${clipCommand(command.text)}\` moves what no checkpoint holds (${what}) to where a later command could delete it unasked; mode edits asks first.`;
  return [{ ruling: 'ask', reason, gravity: 1 }];
}

/** Confined, git would leave these files as they were, and say so in a line that nobody reads. */
function decideBrought(command: SimpleCommand, context: PermissionContext): PartDecision[] {
  if (context.mode !== 'edits' || !context.canConfine) return [];
  const [first, ...more] = findBrought(command, context);
  if (first === undefined) return [];
  const files = `${clipCommand(first)}${more.length === 0 ? '' : ` and ${more.length} more`}`;
  const reason = `\`${clipCommand(command.text)}\` also changes ${files}, which can run code or change settings by itself.`;
  return [{ ruling: 'ask', reason, gravity: 2 }];
}

/** A yes is for the whole script: where any of it is asked about, the gravest of it is named, which alone might run confined. */
export function nameGravest(
  { commands }: ScriptReading,
  plain: readonly PartDecision[],
  context: PermissionContext,
): PartDecision[] {
  const asked = plain.filter(({ ruling }) => ruling === 'ask');
  const [gravest] = [...commands].sort((left, right) => gravityOf(right) - gravityOf(left));
  if (asked.length === 0 || !gravest) return [];
  const gravity = gravityOf(gravest);
  const act = describeAct(gravest);
  const isSaid = asked.some((part) => (part.gravity ?? 0) > gravity || part.reason.startsWith(act));
  if (gravity <= 1 || isSaid) return [];
  const where = describeOutside(gravest, { act, asked: [] }, context);
  return offerCommand([{ ruling: 'ask', reason: `${act}${where}.`, gravity }], gravest, context.places.cwd);
}

/** The same of what its commands do together. No rule is offered for that. */
export function nameTogether(
  { commands }: ScriptReading,
  plain: readonly PartDecision[],
  context: PermissionContext,
): PartDecision[] {
  if (!plain.some(({ ruling }) => ruling === 'ask')) return [];
  const together = describeTogether(commands, context);
  return together
    ? [{ ruling: 'ask', reason: `${together.does}; mode ${context.mode} asks first.`, gravity: together.gravity }]
    : [];
}

/** A rule for the command covers the paths among its words; one for a path alone would cover more than this command. */
function offerCommand(parts: readonly PartDecision[], command: SimpleCommand, cwd: string): PartDecision[] {
  const rule = suggestRule(command, cwd);
  return parts.map(({ suggestion: _, ...part }) =>
    part.ruling === 'ask' && rule ? { ...part, suggestion: rule } : part,
  );
}

/** Of a plain reader each file that it reads is offered; a folder is not, whose files were not shown: then the command itself is. */
function offerFiles(parts: readonly PartDecision[], command: SimpleCommand, cwd: string): PartDecision[] {
  return parts.flatMap((part) => (part.suggestion === undefined ? offerCommand([part], command, cwd) : [part]));
}

/** An option that is not known of a program that reads: only the very command can be offered. */
function decideOption(option: string, command: SimpleCommand, { mode, places }: PermissionContext): PartDecision {
  const rule = suggestRule(command, places.cwd);
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
