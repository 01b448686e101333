import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { CommandOutcome, Confinement } from '../core/tool.ts';

/** After so long a sandbox is tried for real again, although nothing says that it would no longer work. */
const keptMs = 24 * 60 * 60 * 1000;
/** More than the workspaces that somebody uses by turns. */
const maxKept = 50;

const kept = z.record(z.string(), z.number());

/** The sandboxes that held a command for real not long ago on this machine, so that their trials need not be waited for again. */
export type KeptTrials = {
  /** What stands for a sandbox made by these arguments of bwrap, as the machine is now; undefined where the machine does not say enough. */
  readonly keyOf: (bwrap: string, args: readonly string[]) => string | undefined;
  readonly has: (key: string) => boolean;
  readonly keep: (key: string) => void;
  /** One of them did not work after all: the next session tries all of them. */
  readonly forget: () => void;
};

/** Folders whose names differ from one session to the next: the workspace's, and the program's own. */
type Places = { readonly roots: readonly string[]; readonly winkHome: string };

/**
 * Kept in a file that no command in a sandbox can see. Only what worked is kept. Should it not work any more, bubblewrap fails and the
 * command does not run.
 */
export function openKeptTrials(file: string, { roots, winkHome }: Places): KeptTrials {
  return {
    keyOf: (bwrap, args) => {
      const machine = describeMachine(bwrap);
      if (machine === undefined) return undefined;
      const lasting = withoutNames(args, { roots: realOf(roots), winkHome: realpathSync(winkHome) });
      return createHash('sha256')
        .update([...machine, ...lasting].join('\0'))
        .digest('hex');
    },
    has: (key) => {
      const ageMs = Date.now() - (read(file)[key] ?? 0);
      return ageMs >= 0 && ageMs < keptMs;
    },
    keep: (key) => {
      const newest = Object.entries(read(file)).sort(([, a], [, b]) => b - a);
      write(file, { ...Object.fromEntries(newest.slice(0, maxKept - 1)), [key]: Date.now() });
    },
    forget: () => rmSync(file, { force: true }),
  };
}

type Holding = {
  readonly kind: string;
  readonly findWant: (outcome: CommandOutcome, confinement: Confinement) => string | undefined;
};

/** Where bubblewrap itself fails, its trials are kept no longer. This session's commands fail: none runs outside of what it began with. */
export function forgetWhenItFails<S extends Holding>(
  sandbox: S,
  { trials, warn }: { readonly trials?: KeptTrials; readonly warn?: (message: string) => void },
): S {
  if (!trials || sandbox.kind !== 'bubblewrap') return sandbox;
  let hasFailed = false;
  return {
    ...sandbox,
    findWant: (outcome: CommandOutcome, confinement: Confinement) => {
      if (!hasFailed && saysBubblewrapFailed(outcome)) {
        hasFailed = true;
        trials.forget();
        warn?.('bubblewrap could not start a command. The next session tests anew what it can do here.');
      }
      return sandbox.findWant(outcome, confinement);
    },
  };
}

/** Whether bubblewrap itself failed, so that the command did not run; a command may print the same. */
function saysBubblewrapFailed({ exitCode, output }: CommandOutcome): boolean {
  return exitCode === 1 && /^bwrap: [^\n]*\n*$/.test(output);
}

function realOf(paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(path)).map((path) => realpathSync(path));
}

/** What is mounted in a folder of the workspace depends on its disk and on what it holds, not on its name. */
function withoutNames(args: readonly string[], { roots, winkHome }: Places): string[] {
  const named = roots.map((root, index) => ({ root, name: `${index} ${statSync(root).dev}` }));
  return args
    .filter((word) => !word.startsWith(`${winkHome}/`))
    .map((word) => {
      const place = named.find(({ root }) => word === root || word.startsWith(`${root}/`));
      return place === undefined ? word : place.name + word.slice(place.root.length);
    });
}

/**
 * All that decides whether bubblewrap gets its name spaces and mounts here: the program, the kernel since its start, what that allows, the
 * rights and name spaces of this process (those of a container), and what is mounted.
 */
function describeMachine(bwrap: string): string[] | undefined {
  try {
    const { dev, ino, size, mode, uid, mtimeNs, ctimeNs } = statSync(bwrap, { bigint: true });
    const rights = readFileSync('/proc/self/status', 'utf8').match(
      /^(?:Uid|Gid|Groups|Cap\w+|NoNewPrivs|Seccomp\w*):.*$/gm,
    );
    return [
      bwrap,
      [dev, ino, size, mode, uid, mtimeNs, ctimeNs].join(' '),
      ...['version', 'sys/kernel/random/boot_id', 'self/mountinfo'].map((name) =>
        readFileSync(`/proc/${name}`, 'utf8'),
      ),
      ...['user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'].map((name) => readlinkSync(`/proc/self/ns/${name}`)),
      ...(rights ?? []),
      ...limits.map((name) => readIfThere(`/proc/${name}`)),
    ];
  } catch {
    return undefined;
  }
}

const limits = [
  'self/attr/current',
  'sys/kernel/unprivileged_userns_clone',
  'sys/kernel/apparmor_restrict_unprivileged_userns',
  ...['user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'].map((name) => `sys/user/max_${name}_namespaces`),
];

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // This kernel has none.
    return '';
  }
}

function read(file: string): Readonly<Record<string, number>> {
  try {
    return kept.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // There is none yet.
    return {};
  }
}

function write(file: string, trials: Readonly<Record<string, number>>): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(trials), { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // A home that can't be written costs the next session a trial, nothing else.
  }
}
