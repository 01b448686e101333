import type { Event } from '../core/event.ts';

export type Telemetry = {
  /** A listener for the events of a run: synchronous, it only notes; sending goes on behind it. */
  readonly listen: (event: Event) => void;
  /** Sends what is left, for at most two seconds. */
  readonly close: () => Promise<void>;
};

export type TelemetryOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly session: string;
  readonly version: string;
  /** Whether words and arguments are sent as well. */
  readonly hasContents: boolean;
};

const endpoints = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
];

/** OpenTelemetry for a run where the environment names a collector; nothing is loaded where it does not. */
export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry | undefined> {
  const { env } = options;
  if (env.OTEL_SDK_DISABLED === 'true' || !endpoints.some((name) => env[name])) return undefined;
  const [{ createPipeline }, { createSpans }] = await Promise.all([import('./pipeline.ts'), import('./spans.ts')]);
  const pipeline = createPipeline(options.version);
  return { listen: createSpans(pipeline, options), close: pipeline.close };
}
