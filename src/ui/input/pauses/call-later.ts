/** Calls after `ms`, once what was typed until then is read; returns the way to call it off. */
export type Later = (ms: number, call: () => void) => () => void;

/** On a busy machine the time may be over before the keys that came meanwhile are read: they are first. */
export const callLater: Later = (ms, call) => {
  let isOff = false;
  const timer = setTimeout(() => setImmediate(() => isOff || call()), ms);
  return () => {
    isOff = true;
    clearTimeout(timer);
  };
};

/** A time that begins anew whenever it is begun; `atEnd` is called when it is over, not when it is stopped. */
export function createPause(later: Later, ms: number, atEnd?: () => void) {
  let callOff: (() => void) | undefined;
  const stop = () => {
    callOff?.();
    callOff = undefined;
  };
  return {
    begin: () => {
      stop();
      callOff = later(ms, () => {
        callOff = undefined;
        atEnd?.();
      });
    },
    isOn: () => callOff !== undefined,
    stop,
  };
}
