type Env = Readonly<Record<string, string | undefined>>;

const names = ['traces', 'metrics', 'logs'] as const;

/** A kind of record, where it goes and in which form. */
export type TelemetrySignal = {
  readonly name: (typeof names)[number];
  readonly url: string;
  readonly encoding: 'protobuf' | 'json';
};

/**
 * What the standard variables ask for (https://opentelemetry.io/docs/specs/otel/protocol/exporter/): a signal is sent when an endpoint is named for
 * it or for all, or when its exporter is `otlp`. `problem` is a sentence about a setting that can't be followed.
 */
export function readSignals(env: Env): { signals: readonly TelemetrySignal[]; problem: string | undefined } {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return { signals: [], problem: undefined };
  const read = names.map((name) => readSignal(name, env));
  return {
    signals: read.flatMap((each) => (typeof each === 'object' ? [each] : [])),
    problem: read.find((each) => typeof each === 'string'),
  };
}

function readSignal(name: TelemetrySignal['name'], env: Env): TelemetrySignal | string | undefined {
  const of = (setting: string) => env[`OTEL_EXPORTER_OTLP_${name.toUpperCase()}_${setting}`]?.trim() || undefined;
  const ofAll = (setting: string) => env[`OTEL_EXPORTER_OTLP_${setting}`]?.trim() || undefined;
  const exporter = env[`OTEL_${name.toUpperCase()}_EXPORTER`]?.trim() || undefined;
  if (exporter === 'none') return undefined;
  if (exporter !== undefined && exporter !== 'otlp')
    return `OpenTelemetry: ${name} are not sent, since OTEL_${name.toUpperCase()}_EXPORTER is "${exporter}"; only otlp is known.`;
  const base = ofAll('ENDPOINT') ?? (exporter === 'otlp' ? 'http://localhost:4318' : undefined);
  const url = of('ENDPOINT') ?? (base && `${base.replace(/\/$/, '')}/v1/${name}`);
  if (url === undefined) return undefined;
  const protocol = of('PROTOCOL') ?? ofAll('PROTOCOL') ?? 'http/protobuf';
  if (protocol !== 'http/protobuf' && protocol !== 'http/json')
    return `OpenTelemetry: ${name} are not sent, since the protocol is "${protocol}"; set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf or http/json and the endpoint to the collector's HTTP port (usually 4318).`;
  if (!URL.canParse(url) || !/^https?:/.test(url))
    return `OpenTelemetry: ${name} are not sent, since the endpoint is not an address that begins with http:// or https://.`;
  return { name, url, encoding: protocol === 'http/json' ? 'json' : 'protobuf' };
}
