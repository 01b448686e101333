import { resolve } from 'node:path';
import type { KeptFolder } from '../core/disk/kept-folder.ts';
import { watchGit } from '../core/git/watch-git.ts';
import { readScript } from '../core/shell/read-script.ts';
import type { Confinement, Target } from '../core/tool.ts';
import type { ApprovalMode, ToolClass } from '../core/types.ts';
import { decideCommand } from './decide-command.ts';
import { decidePath, type PartDecision, type PermissionContext, shorten } from './decide-path.ts';
import { type CalledTool, decideHost, decideSearch, decideTool } from './decide-tool.ts';
import { stampNamedFiles } from './named-files.ts';
import { type FolderCopy, type PermissionPlaces, resolvePlaces, resolveReal } from './path-kinds.ts';
import { alsoGrave } from './reasons/also-grave.ts';
import { describeGravest } from './reasons/script-acts.ts';
import type { Ruling } from './rules.ts';
import {
  type PermissionRule,
  parseRule,
  parseRules,
  problemOfRules,
  type RuleTexts,
  sessionOrigin,
  splitRules,
} from './rules.ts';
import { findWalls, type Walls } from './sandbox-walls.ts';
import { suggestRule } from './suggest-rule.ts';
import { findUnkeptPaths } from './unkept/unkept-files.ts';

/** What may happen to a call. `reason` is one sentence that names the rule or the mode. */
export type Decision = {
  readonly ruling: Ruling;
  readonly reason: string;
  /** The rule that decided, or one that asks among other reasons to ask; absent when the mode or the place did. */
  readonly rule?: PermissionRule;
  /** For `ask`: the rule (or several, separated by commas) that would allow this and its like; absent when none makes sense. */
  readonly suggestedRule?: string;
  /** For a command that is allowed: how it is held while it runs. */
  readonly confinement?: Confinement;
  /** Where each path of the call leads, as it was checked. */
  readonly leads?: readonly (readonly [path: string, real: string])[];
};

export type PermissionOptions = {
  readonly mode: ApprovalMode;
  readonly rules: RuleTexts;
  /** Where rules that are plain strings come from, for reasons; default "configuration". */
  readonly origin?: string;
  readonly cwd: string;
  /** The workspace first, then each --add-dir; absolute. */
  readonly roots: readonly string[];
  /** The user's home folder (`~` in rules and commands). */
  readonly home: string;
  /** Folders outside the workspace that may be read without a question (kept outputs). */
  readonly readable?: readonly string[];
  /** The workspace is a copy of another folder, whose rules hold in it. */
  readonly copy?: FolderCopy | undefined;
  /** Folders of this program's own state: secret as a whole. */
  readonly secretFolders?: readonly string[];
  /** When the session began, in milliseconds since 1970; default: when this process did. */
  readonly startedAtMs?: number;
  /** What git runs in the workspace because its settings name it, and what protected links lead to; real paths. */
  readonly actingPlaces?: () => readonly string[];
  /** Makes the checkpoint of the turn, unless that was done, and gives what it holds; default: there are no checkpoints. */
  readonly keptFolders?: () => Promise<readonly KeptFolder[]>;
  /** What the sandbox of this machine can do for commands; without one only literal commands that read run unasked. */
  readonly sandbox?: () => SandboxReach;
};

export type SandboxReach = {
  readonly canConfine: boolean;
  /** Allowed commands have no network either. */
  readonly isOffline?: boolean;
  readonly advice?: string;
};

export type Permissions = {
  /** Decides a call by what it is about to touch. Never throws; a command that can't be parsed is asked. */
  readonly decide: (
    tool: { readonly name: string; readonly act: ToolClass },
    targets: readonly Target[],
  ) => Promise<Decision>;
  /** Decides a command that ran confined and failed for want of more: asked with its real effects, in mode plan denied. */
  readonly decideMore: (wants: string, targets: readonly Target[]) => Promise<Decision>;
  /** The files of the workspace that the call's command names or runs, each with a mark of what is in it now. */
  readonly stampFiles: (targets: readonly Target[]) => ReadonlyMap<string, string>;
  /** Whether a connection to a host is allowed without a question. */
  readonly mayReach: (host: string) => Promise<boolean>;
  readonly mode: () => ApprovalMode;
  readonly setMode: (mode: ApprovalMode) => void;
  /** Calls `listener` after each change of the mode; returns the way to stop that. */
  readonly onModeChange: (listener: (mode: ApprovalMode) => void) => () => void;
  /** Adds allow rules for this session, one or several separated by commas. Throws UserError for a malformed one. */
  readonly addSessionRule: (rules: string) => void;
  /** What the sandbox must enforce of all this. */
  readonly walls: () => Walls;
  /** Takes back a rule that was granted for this session; false when there isn't one. */
  readonly removeSessionRule: (rule: string) => boolean;
  /** All rules in force, deny first, with their origins. */
  readonly rules: () => readonly PermissionRule[];
};

const strictness: Readonly<Record<Ruling, number>> = { allow: 0, ask: 1, deny: 2 };

/** Permissions of one session. Throws UserError that names a malformed rule and the forms allowed. */
export function createPermissions(options: PermissionOptions): Permissions {
  const rules = parseRules(options.rules, options.origin ?? 'configuration');
  const places: PermissionPlaces = {
    cwd: options.cwd,
    home: options.home,
    roots: options.roots,
    readable: options.readable ?? [],
    secretFolders: options.secretFolders ?? [],
    copy: options.copy,
  };
  let mode = options.mode;
  const contextOf = (canConfine: boolean): PermissionContext => ({
    ...{ mode, rules, places, real: resolvePlaces(places), canConfine, written: [] },
    actingPlaces: options.actingPlaces?.() ?? [],
    startedAtMs: options.startedAtMs ?? performance.timeOrigin,
    keptFolders: () => undefined,
  });
  let hasAdvised = false;
  const listeners = new Set<(mode: ApprovalMode) => void>();
  return {
    decide: async (tool, targets) => {
      const { canConfine, isOffline = false, advice } = options.sandbox?.() ?? { canConfine: false };
      const context: PermissionContext = {
        ...contextOf(canConfine),
        isOffline,
        ...(advice === undefined || hasAdvised ? {} : { advice }),
      };
      let isWanted = false;
      const { found: first, isAnswered } = watchGit(() =>
        decideCall(tool, targets, {
          ...context,
          keptFolders: () => {
            isWanted = true;
            return undefined;
          },
        }),
      );
      // Where git gives no answer and it is asked for that, it would only be waited for again.
      isWanted &&= isAnswered || first.ruling === 'allow';
      const kept = isWanted ? await options.keptFolders?.() : undefined;
      const known = { ...context, keptFolders: () => kept ?? [] };
      const decision = isWanted ? decideCall(tool, targets, known) : first;
      hasAdvised ||= advice !== undefined && decision.reason.includes(advice);
      return withTrueOffer(decision, tool, targets, known);
    },
    decideMore: async (wants, targets) => {
      if (mode === 'plan') return { ruling: 'deny', reason: 'Mode plan only reads, so it is not run with more.' };
      const context = contextOf(true);
      // The mode was changed since it ran.
      if (mode === 'full') return decideCall({ name: 'shell', act: 'shell' }, targets, context);
      const command = targets.find((target) => target.kind === 'command')?.command ?? '';
      const script = readScript(command, places);
      const [only, ...more] = script.commands;
      const suggestedRule = only && more.length === 0 && !script.problem ? suggestRule(only, places.cwd) : undefined;
      // In the workspace it may have written before it failed, and that would come twice.
      const again = mode === 'edits' ? 'again, from its beginning and ' : '';
      const act = describeGravest(script.commands, context);
      // What is certain comes first: what it wanted is read from its output.
      const where = mode === 'edits' ? 'change nothing but the workspace' : 'do no harm';
      const reason = `${act}It ran where it can ${where} and ${wants}. Run it ${again}with all its effects?`;
      const decision: Decision = { ruling: 'ask', reason, ...(suggestedRule ? { suggestedRule } : {}) };
      return withTrueOffer(decision, { name: 'shell', act: 'shell' }, targets, context);
    },
    stampFiles: (targets) => {
      const command = targets.find((target) => target.kind === 'command')?.command;
      return command === undefined ? new Map() : stampNamedFiles(command, places);
    },
    mayReach: async (host) => {
      return decideHost(host, contextOf(false)).ruling === 'allow';
    },
    mode: () => mode,
    setMode: (next) => {
      if (next === mode) return;
      mode = next;
      for (const listener of [...listeners]) listener(next);
    },
    onModeChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    addSessionRule: (texts) => {
      // Once is enough: a rule that stood twice would still hold when it is taken back.
      const isNew = ({ text }: PermissionRule) =>
        !rules.some((rule) => rule.origin === sessionOrigin && rule.text === text);
      for (const text of splitRules(texts)) {
        const rule = parseRule('allow', text, sessionOrigin);
        if (isNew(rule)) rules.push(rule);
      }
    },
    removeSessionRule: (text) => {
      const place = rules.findIndex((rule) => rule.origin === sessionOrigin && rule.text === text);
      if (place !== -1) rules.splice(place, 1);
      return place !== -1;
    },
    walls: () => findWalls(contextOf(false), options.actingPlaces),
    rules: () => rules,
  };
}

function decideCall(tool: CalledTool, targets: readonly Target[], given: PermissionContext): Decision {
  const context = { ...given, written: targets.flatMap((target) => writtenBy(target, given)) };
  const decided = targets.map((target) => decideTarget(target, context));
  const decision = combine([...decided.flatMap(({ parts }) => parts), ...decideTool(tool, targets, context)]);
  const confinement = decided.find((each) => 'confinement' in each)?.confinement;
  const leads = decided.flatMap((each) => (each.leads ? [each.leads] : []));
  return { ...decision, leads, ...(decision.ruling === 'allow' && confinement ? { confinement } : {}) };
}

/** A decision that offers a rule only where that rule, once granted, allows this very call with all its effects. */
function withTrueOffer(
  { suggestedRule, ...decision }: Decision,
  tool: CalledTool,
  targets: readonly Target[],
  context: PermissionContext,
): Decision {
  if (suggestedRule === undefined || problemOfRules(suggestedRule) !== undefined) return decision;
  const offered = splitRules(suggestedRule).map((text) => parseRule('allow', text, sessionOrigin));
  const next = decideCall(tool, targets, { ...context, rules: [...context.rules, ...offered] });
  const isReading = offered.every(({ kind }) => kind === 'read');
  const isWhole = next.confinement === undefined || next.confinement === 'approved';
  const holds = next.ruling === 'allow' && (isReading || (next.rule !== undefined && isWhole));
  return holds ? { ...decision, suggestedRule } : decision;
}

type TargetDecision = {
  readonly parts: readonly PartDecision[];
  readonly confinement?: Confinement;
  readonly leads?: readonly [path: string, real: string];
};

function decideTarget(target: Target, context: PermissionContext): TargetDecision {
  switch (target.kind) {
    case 'path':
      return decideTargetPath(target, context);
    case 'command':
      return decideCommand(target, context);
    case 'host':
      return { parts: [target.isSearch ? decideSearch(target.host, context) : decideHost(target.host, context)] };
  }
}

function writtenBy(target: Target, { places }: PermissionContext): string[] {
  if (target.kind !== 'path' || target.access !== 'write' || target.isDeletion) return [];
  const path = resolve(places.cwd, target.path);
  return [resolveReal(path) ?? path];
}

/** Where the path leads is decided by itself too, since that, and nothing that a link is changed to later, is what the tool then opens. */
function decideTargetPath(target: Extract<Target, { kind: 'path' }>, context: PermissionContext): TargetDecision {
  const path = resolve(context.places.cwd, target.path);
  const real = resolveReal(path);
  const decide = (each: string) => decidePath(target.access, each, context, target.isDeletion);
  const parts = [decide(path)];
  if (real === undefined) return { parts };
  if (real !== path) parts.push(decide(real));
  if (target.access === 'write' && parts.every(({ ruling, rule }) => ruling === 'allow' && !rule))
    parts.push(...decideReplaced(real, context));
  return { parts, leads: [path, real] };
}

/** In mode edits a checkpoint stands in for the question. */
function decideReplaced(path: string, context: PermissionContext): PartDecision[] {
  if (context.mode !== 'edits' || findUnkeptPaths([path], context).length === 0) return [];
  const name = shorten(path, context.real);
  const reason = `No checkpoint could bring ${name} back as it is now (ignored by git, too large, or where none is made); mode edits asks first.`;
  return [{ ruling: 'ask', reason, gravity: 1 }];
}

/** The strictest part decides, of several the gravest; the suggestion covers all that was asked, or is left out when one of them has none. */
function combine(parts: readonly PartDecision[]): Decision {
  const [strictest] = [...parts].sort(
    (left, right) => strictness[right.ruling] - strictness[left.ruling] || (right.gravity ?? 0) - (left.gravity ?? 0),
  );
  if (!strictest) return { ruling: 'allow', reason: 'It touches nothing.' };
  const { ruling } = strictest;
  const reason =
    ruling === 'ask' ? [strictest.reason, ...alsoGrave(strictest, parts)].join(' Also: ') : strictest.reason;
  const rule = parts.find((part) => part.ruling === ruling && part.rule)?.rule;
  const decided = { ruling, reason, ...(rule ? { rule } : {}) };
  if (ruling !== 'ask') return decided;
  const asked = parts.filter((part) => part.ruling === 'ask');
  const suggestions = new Set(asked.map((part) => part.suggestion));
  const isComplete = !suggestions.has(undefined) && suggestions.size <= 4;
  return { ...decided, ...(isComplete ? { suggestedRule: [...suggestions].join(', ') } : {}) };
}
