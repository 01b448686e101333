import type { Event } from '../core/event.ts';
import { readSignals } from './signals.ts';
import type { TelemetryOptions, TimedListener } from './telemetry-options.ts';

export type Telemetry = {
  /** A listener for the events of a run: synchronous, it only notes; sending goes on behind it. */
  readonly listen: (event: Event) => void;
  /** Sends what is left, for at most two seconds. */
  readonly close: () => Promise<void>;
};

/**
 * OpenTelemetry for a run where the environment names a collector; undefined where it does not. What sends is loaded while the first request is
 * under way, so that no turn waits for it.
 */
export function openTelemetry(options: TelemetryOptions): Telemetry | undefined {
  const { signals, problem } = readSignals(options.env);
  if (problem !== undefined) options.warn(problem);
  if (signals.length === 0) return undefined;
  const early: { readonly event: Event; readonly at: number }[] = [];
  let listener: TimedListener = (event, at) => void early.push({ event, at });
  let anchor = Date.now() - performance.now();
  let loading: Promise<{ close: () => Promise<void> }> | undefined;

  const load = async () => {
    const [{ createPipeline }, { createSpans }] = await Promise.all([import('./pipeline.ts'), import('./spans.ts')]);
    const pipeline = createPipeline(signals, options);
    listener = createSpans(pipeline, options);
    for (const { event, at } of early.splice(0)) listener(event, at);
    return pipeline;
  };
  return {
    listen: (event) => {
      // A machine that slept between two turns is back at the true time.
      if (event.type === 'session.start') anchor = Date.now() - performance.now();
      listener(event, anchor + performance.now());
      if (event.type === 'request') loading ??= new Promise(setImmediate).then(load);
    },
    close: async () => {
      if (early.length > 0) loading ??= load();
      await (await loading)?.close();
    },
  };
}
