/** Calls after `ms`, and returns the way to call it off. On a busy machine the time may be over before the keys that came meanwhile are read: they are first. */
export function callLater(ms: number, call: () => void): () => void {
  let isOff = false;
  const timer = setTimeout(() => setImmediate(() => isOff || call()), ms);
  return () => {
    isOff = true;
    clearTimeout(timer);
  };
}
