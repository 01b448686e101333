import { lstatSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { KeptFolder } from '../core/disk/kept-folder.ts';
import { isProtected } from '../core/disk/protected-files.ts';
import { reveal } from '../core/questions/reveal.ts';
import type { ApprovalMode } from '../core/types.ts';
import { type Acting, type ActingContext, actingNames, coversActing, findActing } from './acting/acting-paths.ts';
import { isInside, isSecret, matchesPath, namesSecret, type PermissionPlaces, resolveReal } from './path-kinds.ts';
import type { PermissionRule, Ruling } from './rules.ts';

/** What is decided of one part of a call (a path, a command, a host). The strictest part decides. */
export type PartDecision = {
  readonly ruling: Ruling;
  readonly reason: string;
  /** The rule that decided; absent when the mode or the place did. */
  readonly rule?: PermissionRule;
  /** The rule that would allow it next time. */
  readonly suggestion?: string;
  /** How much may be lost, 0 by default: of several parts that are asked, the question names the gravest. */
  readonly gravity?: number;
  /** What lies outside the workspace, as people write it. */
  readonly outside?: string;
};

export type PermissionContext = ActingContext & {
  readonly mode: ApprovalMode;
  readonly rules: readonly PermissionRule[];
  /** Whether a command can be held by a sandbox here, so that it may run without a question. */
  readonly canConfine: boolean;
  /** Whether a command has no network even when it is allowed. */
  readonly isOffline?: boolean;
  /** When the session began, in milliseconds since 1970: what came into being later is its own. */
  readonly startedAtMs: number;
  /** What the checkpoint of this turn holds; undefined while that is not known. */
  readonly keptFolders: () => readonly KeptFolder[] | undefined;
  /** How to get a sandbox where there isn't one; said once. */
  readonly advice?: string;
  /** Only a file that was shown is offered, not the folder around it, nor one with all that lies in it. */
  readonly offersFilesOnly?: boolean;
  /** Of a command: it begins with a `cd` without which nothing of the rest runs. */
  readonly isChained?: boolean;
};

export type Access = 'read' | 'write';

const harmlessDevices = /^\/dev\/(null|zero|stdin|stdout|stderr|tty|random|urandom|fd\/[0-9]+)$/;

/** What a rule decides of something, with the sentence that says so. */
export function findByRule(rule: PermissionRule, subject: string): PartDecision {
  const verb = { allow: 'allows', ask: 'asks about', deny: 'forbids' }[rule.effect];
  const reason = `The ${rule.effect} rule ${rule.text} (${rule.origin}) ${verb} ${subject}.`;
  return { ruling: rule.effect, reason, rule };
}

/** Decides an absolute path: rules first, then secrets, then whether it lies in the workspace, then the mode. */
export function decidePath(access: Access, path: string, context: PermissionContext, isDeletion = false): PartDecision {
  if (harmlessDevices.test(path)) return { ruling: 'allow', reason: `${path} is harmless.` };
  const forbidden = forbidPath(access, path, context, isDeletion);
  if (forbidden?.ruling === 'deny') return forbidden;
  const { mode, rules, real } = context;
  const subject = `${actOf(access, isDeletion)} ${named(path, context.places)}`;
  if (mode === 'plan' && access === 'write')
    return { ruling: 'deny', reason: `Mode plan only reads, so ${subject} is not possible.` };
  if (forbidden) return forbidden;
  const resolved = resolveReal(path);
  if (resolved === undefined)
    return {
      ruling: mode === 'full' ? 'allow' : 'ask',
      reason: `${named(path, context.places)} can't be resolved (a loop of links or a closed folder).`,
    };
  const way = wayOf(path, resolved, context);
  const secret = isSecret(resolved, real) || isSecret(path, context.places);
  const acting = access === 'write' && mode !== 'full' ? findWritten(path, resolved, context) : nothing;
  const allowing = rules.find(
    (rule) =>
      allowsPath(rule, access, resolved, context) &&
      (!secret || namesSecret(rule, context.places)) &&
      coversActing(rule, acting, context),
  );
  if (allowing) return findByRule(allowing, subject);
  const runsCode = isProtected(resolved) || acting.names.length + acting.places.length > 0;
  const decided = decideByMode(access, { path, resolved, secret, runsCode, way, subject: subject + way }, context);
  return isDeletion && decided.ruling === 'ask' ? { gravity: 1, ...decided } : decided;
}

function wayOf(path: string, resolved: string, { places, real }: PermissionContext): string {
  const end = shorten(resolved, real);
  return end === shorten(path, places) ? '' : ` (it leads to ${quoted(end)})`;
}

function actOf(access: Access, isDeletion: boolean): string {
  return access === 'read' ? 'reading' : isDeletion ? 'deleting' : 'writing';
}

const nothing: Acting = { names: [], places: [] };

/** A link that nobody has followed yet is known by its own name alone. */
function findWritten(path: string, resolved: string, context: PermissionContext): Acting {
  const acting = findActing(resolved, context);
  const isKnown = acting.names.length + acting.places.length > 0;
  return isKnown || path === resolved ? acting : { ...acting, names: actingNames(path, context) };
}

type Found = {
  readonly path: string;
  readonly resolved: string;
  readonly secret: boolean;
  readonly runsCode: boolean;
  /** Where the path leads, in brackets; empty where no link is on it. */
  readonly way: string;
  readonly subject: string;
};

function decideByMode(access: Access, found: Found, context: PermissionContext): PartDecision {
  const { mode, real, places } = context;
  const allow = { ruling: 'allow', reason: `Mode ${mode} allows ${found.subject}.` } as const;
  if (mode === 'full') return allow;
  const kind = access === 'read' ? 'read' : 'edit';
  const shown = shorten(found.path, places);
  if (found.secret)
    return {
      ruling: 'ask',
      reason: `${named(found.path, places)}${found.way} looks like it holds secrets.`,
      ...offer(kind, shown, found, context),
      gravity: 3,
    };
  const isWithin = real.roots.some((root) => isInside(root, found.resolved));
  const isReadable = access === 'read' && real.readable.some((folder) => isInside(folder, found.resolved));
  if (!isWithin && !isReadable) {
    return {
      ruling: 'ask',
      reason: `${named(found.path, places)} lies outside the workspace${found.way}.`,
      // Not its folder: what lies next to it was not shown to anybody.
      ...offer(kind, shorten(found.resolved, real), found, context),
      gravity: access === 'write' ? 2 : 1,
      outside: shown,
    };
  }
  if (access === 'read') return allow;
  if (found.runsCode)
    return {
      ruling: 'ask',
      reason: `${named(found.path, places)}${found.way} can run code or change settings by itself.`,
      ...offer('edit', shorten(found.resolved, real), found, context),
      gravity: 2,
    };
  if (mode === 'edits') return allow;
  // A rule for a command would run what is written here, which nobody has seen.
  const runsUnseen = context.rules.some(({ effect, kind: about }) => effect === 'allow' && about === 'shell');
  if (real.copy && !runsUnseen && isInside(real.copy.folder, found.resolved))
    return {
      ruling: 'allow',
      reason: `${found.subject} changes a copy alone, whose changes are asked about when they are brought back.`,
    };
  return {
    ruling: 'ask',
    reason: `Mode ${mode} asks before ${found.subject}.`,
    ...offer('edit', coverFolder(found.resolved, context), found, context),
  };
}

/** Whether a deny or ask rule covers the path, as written or with its links resolved. A rule on reading covers writing too. */
export function forbidPath(
  access: Access,
  path: string,
  context: PermissionContext,
  isDeletion = false,
): PartDecision | undefined {
  const resolved = resolveReal(path) ?? path;
  const subject = `${actOf(access, isDeletion)} ${named(path, context.places)}`;
  for (const effect of ['deny', 'ask'] as const) {
    const rule = context.rules.find(
      (each) =>
        each.effect === effect &&
        (each.kind === 'read' || (each.kind === 'edit' && access === 'write')) &&
        (matchesPath(each, path, context.places) || matchesPath(each, resolved, context.real)),
    );
    if (rule) return findByRule(rule, subject);
  }
  return undefined;
}

function allowsPath(rule: PermissionRule, access: Access, resolved: string, context: PermissionContext): boolean {
  if (rule.effect !== 'allow' || (rule.kind !== 'edit' && (rule.kind !== 'read' || access !== 'read'))) return false;
  const isRooted =
    rule.pattern === undefined ||
    /^(~\/|\/|\.\.\/)/.test(rule.pattern) ||
    rule.pattern === '~' ||
    context.real.roots.some((root) => isInside(root, resolved));
  return isRooted && matchesPath(rule, resolved, context.real);
}

/** A path as people write it: from the workspace, from the home folder, or absolute. */
export function shorten(path: string, places: PermissionPlaces): string {
  if (path === places.cwd) return '.';
  if (isInside(places.cwd, path)) return relative(places.cwd, path);
  if (path !== places.home && isInside(places.home, path)) return `~/${relative(places.home, path)}`;
  return path;
}

/** A path in a sentence: one whose name may read as words of ours is quoted. */
function named(path: string, places: PermissionPlaces): string {
  return quoted(shorten(path, places));
}

export function quoted(path: string): string {
  return /\s|["'`]/.test(path) || reveal(path) !== path ? JSON.stringify(path) : path;
}

/**
 * A rule for a path, whose name the model may have chosen. There is none where the name would mean more than itself in a rule: the end of
 * the rule and the beginning of another, a pattern, the home folder.
 */
function offer(
  kind: 'read' | 'edit',
  pattern: string,
  { path, resolved }: Found,
  { real, places, offersFilesOnly }: PermissionContext,
): { readonly suggestion?: string } {
  if (offersFilesOnly && lstatSync(resolved, { throwIfNoEntry: false })?.isDirectory()) return {};
  const words = pattern.replace(/\/\*\*$/, '');
  const isPlain = /^[^()[\]{}*?!,\\]+$/.test(words) && words.trim() === words && reveal(words) === words;
  const isBelow = isInside(real.cwd, resolved) || isInside(places.cwd, path);
  return isPlain && !(words.startsWith('~') && isBelow) ? { suggestion: `${kind}(${pattern})` } : {};
}

/** The pattern that a user most likely means when allowing a file of the workspace: its folder, or the file itself at the top. */
function coverFolder(resolved: string, context: PermissionContext): string {
  if (context.offersFilesOnly) return shorten(resolved, context.real);
  const folder = dirname(resolved);
  if (context.real.roots.includes(folder) || folder === '/' || folder === context.real.home)
    return shorten(resolved, context.real);
  return `${shorten(folder, context.real)}/**`;
}
