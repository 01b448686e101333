const writing = new Map<string, Promise<unknown>>();

/**
 * Waits until no other command that nobody was asked about writes in this folder, and takes the place: the agent's and those of its subagents
 * run one after the other. Where one writes while another's sandbox is made, or while it is looked through what another made, a folder
 * can be exchanged under our hands. Resolves to what gives the place back. Throws the signal's reason when that is given up meanwhile.
 */
export async function becomeOnlyWriter(root: string, signal: AbortSignal, onWait: () => void): Promise<() => void> {
  const before = writing.get(root);
  let giveBack = () => {};
  const mine = new Promise<void>((resolve) => {
    giveBack = resolve;
  });
  const all = Promise.all([before, mine]);
  writing.set(root, all);
  void all.then(() => {
    if (writing.get(root) === all) writing.delete(root);
  });
  if (before === undefined) return giveBack;
  onWait();
  try {
    await settledOrAborted(before, signal);
  } catch (error) {
    giveBack();
    throw error;
  }
  return giveBack;
}

function settledOrAborted(before: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.reject(signal.reason);
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([before, aborted]).finally(() => signal.removeEventListener('abort', stop));
}
