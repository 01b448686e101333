import type { GitEnd } from './start-git.ts';

/** What was found, and whether every git that was asked for it could answer. */
export type Watched<Found> = { readonly found: Found; readonly isAnswered: boolean };

let watched: { isAnswered: boolean } | undefined;

/**
 * Runs what asks git on the way (`runGitSafely`), and tells whether one of these gave no answer: then what was found may be less than there is.
 * After the first that gave none no other is started, since each would be waited for in turn while nothing else can be done.
 */
export function watchGit<Found>(look: () => Found): Watched<Found> {
  const outer = watched;
  const own = { isAnswered: outer?.isAnswered ?? true };
  watched = own;
  try {
    const found = look();
    return { found, isAnswered: own.isAnswered };
  } finally {
    watched = outer;
    if (outer) outer.isAnswered = own.isAnswered;
  }
}

/** Whether one gave no answer since `watchGit` began. */
export function isGitSilent(): boolean {
  return watched?.isAnswered === false;
}

export function noteSilence(): void {
  if (watched) watched.isAnswered = false;
}

/**
 * Whether git said nothing of what it was asked: ended by us or by the system, or out of memory. One that failed by itself (no repository, no commit yet,
 * no such path) has answered, and so has one that is not there, as then no command of git's runs either.
 */
export function gaveNoAnswer({ code, complaint, isAbsent }: GitEnd & { readonly isAbsent: boolean }): boolean {
  if (code === undefined) return !isAbsent;
  return code >= firstSignal || (code !== 0 && /out of memory|cannot allocate memory|mmap failed/i.test(complaint));
}

/** The code of a program that a signal has ended; 129 is what git ends with on words that it does not know. */
const firstSignal = 130;
