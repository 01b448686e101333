/** What ends or removes the leftovers of a test, one for each kind; registered once, whichever files share a process. */
const removals: (() => unknown)[] = [];

/** Has `remove` called after every test: what a helper has opened for it ends there. The last to be registered is the first to be called. */
export function afterEveryTest(remove: () => unknown): void {
  removals.unshift(remove);
}

export async function removeLeftovers(): Promise<void> {
  for (const remove of removals) await remove();
}
