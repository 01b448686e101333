import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { type CommandOutcome, type Confinement, ToolError } from '../core/tool.ts';
import type { Tidied, WrappedCommand } from '../core/wrapped-command.ts';
import { type ApprovedMounts, findApprovedMounts, type SandboxSettings } from './approved-mounts.ts';
import { bounded } from './bounded.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import { describeHold } from './check-mounts.ts';
import { confinedArguments, hide, prepareConfined } from './confined-mounts.ts';
import { type Engine, findEngines, tryEngineOnce, tryOut } from './engine.ts';
import { forgetWhenItFails } from './kept-trials.ts';
import { openCommandRecord } from './killed/cut-short.ts';
import { tidyCutShort } from './killed/tidy-cut-short.ts';
import { joinTidied, reportNested, setAsideNew, watchAbsent, watchDenied, watchNested } from './made/set-aside.ts';
import { type Tidy, watchMade } from './made/watch-made.ts';
import { watchStanding } from './made/watch-standing.ts';
import { createMarkFinder, lookFurther, type Marks, untilTooLarge } from './marks/marks.ts';
import { followMarks } from './marks/moved-marks.ts';
import { openMovedRecord } from './marks/moved-record.ts';
import { findWant } from './missing-access.ts';
import { seatbeltProfile } from './seatbelt.ts';
import { watchFixed, watchWalls } from './watch-walls.ts';

export type Sandbox = {
  readonly kind: 'bubblewrap' | 'unshare' | 'sandbox-exec' | 'none';
  /** How to get a better one, where there is a better one. */
  readonly advice?: string;
  readonly network: boolean;
  /** One sentence: what is in force, or why there isn't one and what to do. */
  readonly description: string;
  /** Folders that approved commands may write; empty without a sandbox, where they may write anywhere. */
  readonly writable: readonly string[];
  /** Whether commands can be held so that they do no harm, and so run without a question. */
  readonly canConfine: () => boolean;
  /** What links anywhere in the workspace let act by itself, as it was when a command was last held; empty where none can be. */
  readonly ledPlaces: () => readonly string[];
  /** Puts a command into the sandbox; gives it back as it is when there isn't one. `shown`: paths that it may read although they are hidden; `hidden`: further ones that it may not. */
  readonly wrapCommand: (
    file: string,
    args: readonly string[],
    confinement: Confinement,
    shown?: readonly string[],
    hidden?: readonly string[],
  ) => Promise<WrappedCommand>;
  /** What a command failed for want of because of the sandbox, in words that follow "it". */
  readonly findWant: (outcome: CommandOutcome, confinement: Confinement) => string | undefined;
};

/**
 * The sandbox that works on this machine, tried out once with a harmless command. Throws UserError when the settings say `on` and there
 * isn't one.
 */
export async function findSandbox(settings: SandboxSettings): Promise<Sandbox> {
  if (settings.mode === 'off') return noSandbox('The sandbox is switched off: commands run with all your rights.');
  const found =
    process.platform === 'linux'
      ? await tryLinux(settings)
      : process.platform === 'darwin'
        ? await trySeatbelt(settings)
        : `there is none for ${process.platform}`;
  if (typeof found !== 'string') return found;
  if (settings.mode === 'on') throw new UserError(`The setting sandbox.mode is "on", but ${found}.`);
  return noSandbox(`There is no sandbox, since ${found}: commands run with all your rights.`);
}

function noSandbox(description: string): Sandbox {
  return {
    kind: 'none',
    network: true,
    description,
    writable: [],
    canConfine: () => false,
    ledPlaces: () => [],
    wrapCommand: async (file, args) => ({ file, args }),
    findWant: () => undefined,
  };
}

async function tryLinux(settings: SandboxSettings): Promise<Sandbox | string> {
  const complaints: string[] = [];
  for (const engine of findEngines(settings)) {
    const found = typeof engine === 'string' ? engine : await openWith(engine, settings);
    if (typeof found !== 'string') return found;
    complaints.push(found);
  }
  return complaints.join(', and ');
}

async function openWith(engine: Engine, settings: SandboxSettings): Promise<Sandbox | string> {
  const isRoot = process.getuid?.() === 0;
  let complaint = '';
  // Inside containers bubblewrap may not get a new /proc.
  for (const form of engine.kind === 'bubblewrap'
    ? [{ freshProc: true }, { freshProc: false }]
    : [{ freshProc: true }]) {
    const mounts = (shown: readonly string[] = []) =>
      bubblewrapArguments(showing(findApprovedMounts(settings), shown), settings.network, form, isRoot);
    const [trial, confining] = await Promise.all([
      tryEngineOnce(engine, mounts(), settings),
      form.freshProc ? findConfining(settings, engine) : undefined,
    ]);
    complaint = trial;
    if (complaint !== '') continue;
    const approved = await approving(settings, engine, mounts);
    return forgetWhenItFails(confining?.(approved) ?? approved, settings);
  }
  return `${engine.kind} does not work here (${complaint})`;
}

async function trySeatbelt(settings: SandboxSettings): Promise<Sandbox | string> {
  const program = '/usr/bin/sandbox-exec';
  if (!existsSync(program)) return 'sandbox-exec is missing';
  const places = findApprovedMounts(settings);
  const profile = (shown: readonly string[]) => ['-p', seatbeltProfile(showing(places, shown), settings.network)];
  const complaint = await tryOut(program, [...profile([]), '/bin/sh', '-c', ':'], settings.signal);
  if (complaint !== '') return `sandbox-exec does not work here (${complaint})`;
  const start: Starter = async (file, words, shown) => ({ file: program, args: [...profile(shown), file, ...words] });
  return describe('sandbox-exec', settings, places, start);
}

type Starter = (
  file: string,
  args: readonly string[],
  shown: readonly string[],
  more: readonly string[],
) => Promise<WrappedCommand>;

function showing(places: ApprovedMounts, shown: readonly string[]): ApprovedMounts {
  return shown.length === 0 ? places : { ...places, readable: [...places.readable, ...shown] };
}

type Denied = { readonly mounts: readonly string[]; readonly tidy?: () => Promise<Tidied | undefined> };

/** Mounts over what deny rules name in the workspace, as it stands when a command starts; refuses the command when that is not known. */
async function createDeniedFinder({
  walls,
  roots,
  signal,
  temporary,
}: SandboxSettings): Promise<() => Promise<Denied>> {
  if (!walls?.denied) return async () => ({ mounts: [] });
  const look = createMarkFinder(roots, walls.denied);
  const find = followMarks(look, roots, signal);
  // What a command moves before the first allowed one is known by then.
  await find();
  return async () => {
    const marks = await find();
    if (!marks)
      throw new ToolError(
        'sandboxed',
        'This was not run, because not every file that the deny rules cover can be found any more: the workspace has too many folders, or folders that are too deep or whose names are not UTF-8. The user can remove such folders, start in a smaller folder, or remove the deny rules.',
      );
    const mounts = [...marks.fixed.flatMap((path) => ['--ro-bind', path, path]), ...marks.hidden.flatMap(hide)];
    return { mounts, tidy: watchDenied(marks, look, () => asideFor(temporary), roots) };
  };
}

/** The sandbox of commands that a person or a rule allowed. What is mounted is looked up anew, since a command may make a repository. */
async function approving(
  settings: SandboxSettings,
  engine: Engine,
  mounts: (shown: readonly string[]) => readonly string[],
): Promise<Sandbox> {
  const findDenied = await createDeniedFinder(settings);
  const roots = settings.roots.filter(existsSync).map((root) => realpathSync(root));
  const start: Starter = async (file, args, shown, more) => {
    const denied = await findDenied();
    const tidy = denied.tidy ? { tidy: denied.tidy } : {};
    const words = [...mounts(shown), ...denied.mounts, ...more];
    return { ...engine.start(words, [file, ...args]), ...describeHold(words, roots), ...tidy };
  };
  const sandbox = describe(engine.kind, settings, findApprovedMounts(settings), start);
  return engine.kind === 'unshare' ? { ...sandbox, advice: betterThanUnshare } : sandbox;
}

const betterThanUnshare = 'With bubblewrap installed, each command costs less time.';

function describe(
  kind: Exclude<Sandbox['kind'], 'none'>,
  settings: SandboxSettings,
  places: ApprovedMounts,
  start: Starter,
): Sandbox {
  const net = settings.network ? 'on' : 'off';
  const limits = { writable: places.writable, network: settings.network, hidden: [] };
  const { walls, roots } = settings;
  const look = walls && untilTooLarge(createMarkFinder(roots, { ...walls, isHidden: () => false }, foldersAtAll));
  return {
    kind,
    network: settings.network,
    description: `Commands run in ${kind}: they write only in ${places.writable.join(', ')}, see no keys of yours, and the network is ${net}.`,
    writable: places.writable,
    canConfine: () => false,
    ledPlaces: () => [],
    wrapCommand: async (file, args, confinement, shown = [], hidden = []) => {
      const absent = watchAbsent(settings.roots, 'approved', () => asideFor(settings.temporary));
      const nested = look ? await reportNested(look) : reportNothing;
      const more = [...(confinement === 'offline' ? ['--unshare-net'] : []), ...hidden.flatMap(hide)];
      const started = await start(file, args, shown, more);
      const tidy = async () => joinTidied([await started.tidy?.(), absent(), await nested()]);
      const watch = watchFixed(findApprovedMounts(settings).fixed, roots, settings.warn ?? (() => {}));
      return { ...started, tidy, watch };
    },
    findWant: (outcome) => findWant(outcome, limits),
  };
}

/** What adds the sandboxes of commands that nobody was asked about, when they work here and the workspace can be looked through. */
async function findConfining(
  settings: SandboxSettings,
  engine: Engine,
): Promise<((approved: Sandbox) => Sandbox) | undefined> {
  const { walls: tests, temporary, warn = () => {} } = settings;
  if (!tests || !temporary) return undefined;
  const base = prepareConfined(settings, temporary);
  if (base.roots.some((root) => root === '/' || base.home.startsWith(`${root}/`))) return undefined;
  const look = createMarkFinder(base.roots, tests);
  const lookAfter = lookFurther(look, base.roots, tests);
  const walls = { roots: base.roots, look, isHidden: tests.isHidden, temporary, warn };
  const record = openMovedRecord(join(settings.winkHome, 'moved'), base.roots, warn);
  const find = followMarks(look, base.roots, settings.signal, record);
  const running = openCommandRecord(join(settings.winkHome, 'moved'), base.roots);
  let marks = await find();
  const none: Marks = { hidden: [], fixed: [] };
  if (!marks || (await tryEngineOnce(engine, confinedArguments(base, none, 'read-only'), settings)) !== '')
    return undefined;
  tidyCutShort(running.takeLeft(), marks, () => asideFor(temporary), base.roots, warn);
  return (approved) => ({
    ...approved,
    canConfine: () => marks !== undefined,
    ledPlaces: () => marks?.linked ?? [],
    wrapCommand: async (file, args, confinement, shown = []) => {
      if (confinement === 'approved' || confinement === 'offline') {
        const closed = confinement === 'offline' ? (await find())?.hidden : [];
        find.begin();
        const allowed = await approved.wrapCommand(file, args, confinement, shown, closed);
        const end = running.begin('approved');
        const tidy = async () => {
          find.note();
          const tidied = await allowed.tidy?.();
          end();
          return tidied;
        };
        return { ...allowed, tidy };
      }
      const now = await find();
      marks = now;
      if (!now)
        throw new ToolError(
          'sandboxed',
          'This was not run, because not every secret in the workspace can be hidden any more: the workspace has become too large, or a secret was moved to a place that cannot be hidden. Call it again, and the user will be asked.',
        );
      if (confinement !== 'read-only') find.begin();
      const end = running.begin(confinement, now);
      const absent = watchAbsent(base.roots, confinement, () => asideFor(temporary));
      const nested =
        confinement === 'read-only'
          ? reportNothing
          : watchNested(now, lookAfter, () => asideFor(temporary), base.roots);
      const watched = watchWalls(now, { ...walls, confinement });
      const tidyDue: Tidy = async (isDue) => joinTidied([absent(isDue), await nested(isDue)]);
      const { watch, early } =
        confinement === 'read-only'
          ? { watch: watched, early: async () => [] }
          : watchMade(watched, tidyDue, warn, base.roots[0]!, {
              watch: (onMade) => watchStanding(base.roots, tests.isProtected, onMade),
              setAside: setAsideNew(now, () => asideFor(temporary), base.roots),
            });
      const tidy = async () => {
        if (confinement !== 'read-only') find.note();
        const tidied = joinTidied([...(await early()), await tidyDue()]);
        end();
        return tidied;
      };
      const held = { ...base, readable: [...base.readable, ...shown] };
      const words = confinedArguments(held, now, confinement);
      return { ...engine.start(words, bounded(file, args)), ...describeHold(words, base.roots), tidy, watch };
    },
    findWant: (outcome, confinement) => {
      if (confinement === 'approved' || confinement === 'offline') return approved.findWant(outcome, confinement);
      const writable = confinement === 'read-only' ? [] : base.roots;
      return findWant(outcome, { writable, network: false, isAlone: true, hidden: marks?.hidden ?? [] });
    },
  });
}

/** In larger workspaces it is not looked for what allowed commands make, since they would wait for it. */
const foldersAtAll = 5_000;

/** Where things are set aside: beside the folder that commands see as /tmp, since none may change what lies there. */
function asideFor(temporary: SandboxSettings['temporary']): string {
  return temporary ? dirname(temporary()) : tmpdir();
}

const reportNothing: Tidy = async () => undefined;
