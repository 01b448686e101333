/** A command of any session of this process, and what came of it. */
type LiveCommand = { hasEnded: boolean; readonly findLeftovers: () => Promise<readonly number[]> };

const live = new Set<LiveCommand>();
let started = 0;

export function noteLive(ended: Promise<unknown>, findLeftovers: LiveCommand['findLeftovers']): void {
  const command: LiveCommand = { hasEnded: false, findLeftovers };
  live.add(command);
  started += 1;
  void ended.then(() => {
    command.hasEnded = true;
  });
}

/** Something other than a command of the model that may change files, until the function it gives is called. */
export function noteRunning(): () => void {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  noteLive(ended, async () => []);
  return end;
}

/** Forgets those that have ended and left no process behind. */
export async function forgetEnded(): Promise<void> {
  for (const command of live)
    if (command.hasEnded && (await command.findLeftovers()).length === 0) live.delete(command);
}

/** Begins to look for commands; the function it gives says whether any could change files since. */
export async function watchForCommands(): Promise<() => boolean> {
  await forgetEnded();
  const before = started;
  const wasLive = isAnyLive();
  return () => wasLive || started !== before;
}

/** Whether a command may still change what lies at a path. */
export function isAnyLive(): boolean {
  return live.size > 0;
}
