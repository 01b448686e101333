import { randomUUID } from 'node:crypto';
import { createNoopMeter, type Meter, ProxyTracerProvider, type Tracer } from '@opentelemetry/api';
import { createNoopLogger, type Logger } from '@opentelemetry/api-logs';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { createLogExporter, createMetricExporter, createTraceExporter, type ExporterOptions } from './exporters.ts';
import type { TelemetrySignal } from './signals.ts';
import type { TelemetryOptions } from './telemetry-options.ts';

/** Where spans, figures and log records of a run go. */
export type Pipeline = {
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly logger: Logger;
  readonly close: () => Promise<void>;
};

const maxCloseMs = 2000;
const scope = 'wink-agent';

/** Providers for the signals that are sent; they batch, and a collector that is slow or gone costs nothing but records. */
export function createPipeline(
  signals: readonly TelemetrySignal[],
  options: Pick<TelemetryOptions, 'env' | 'version' | 'warn'>,
): Pipeline {
  const own = process.env;
  // The packages take headers, certificates and the like from process.env, once and here.
  process.env = { ...options.env };
  try {
    return openPipeline(signals, options);
  } finally {
    process.env = own;
  }
}

function openPipeline(
  signals: readonly TelemetrySignal[],
  { env, version, warn }: Pick<TelemetryOptions, 'env' | 'version' | 'warn'>,
): Pipeline {
  const resource = defaultResource()
    // Runs of a fleet count by themselves: without an id of its own, one process's sums would overwrite another's.
    .merge(
      resourceFromAttributes({
        'service.name': scope,
        'service.version': version,
        'service.instance.id': randomUUID(),
      }),
    )
    .merge(detectResources({ detectors: [envDetector] }));
  const find = (name: TelemetrySignal['name']) => signals.find((signal) => signal.name === name);
  const say = once(warn);
  const [closing, over] = [new AbortController(), new AbortController()];
  const optionsFor = (signal: TelemetrySignal): ExporterOptions => ({
    onRefused: (reason) =>
      say(`OpenTelemetry: ${withoutSecrets(signal.url)} did not accept all ${signal.name} (${reason}).`),
    ending: { last: closing.signal, over: over.signal },
  });

  const preference = env.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE;
  const [traces, metrics, logs] = [find('traces'), find('metrics'), find('logs')];
  const tracing = traces && openTraces(resource, createTraceExporter(traces, optionsFor(traces)));
  const metering = metrics && openMetrics(resource, createMetricExporter(metrics, preference, optionsFor(metrics)));
  const logging = logs && openLogs(resource, createLogExporter(logs, optionsFor(logs)));
  return {
    tracer: (tracing ?? new ProxyTracerProvider()).getTracer(scope, version),
    meter: metering?.getMeter(scope, version) ?? createNoopMeter(),
    logger: logging?.getLogger(scope, version) ?? createNoopLogger(),
    close: async () => {
      closing.abort();
      const all = Promise.allSettled([tracing, metering, logging].map((provider) => provider?.shutdown()));
      if (await isLaterThan(all, maxCloseMs)) {
        const where = [...new Set(signals.map(({ url }) => new URL(url).origin))].join(', ');
        say(`OpenTelemetry: ${where} did not accept the last records within ${maxCloseMs / 1000} s.`);
      }
      over.abort();
    },
  };
}

function openTraces(resource: Resource, exporter: SpanExporter): BasicTracerProvider {
  return new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
}

function openMetrics(resource: Resource, exporter: PushMetricExporter): MeterProvider {
  return new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter })] });
}

function openLogs(resource: Resource, exporter: LogRecordExporter): LoggerProvider {
  return new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter })] });
}

async function isLaterThan(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), ms);
  });
  const isLate = await Promise.race([work.then(() => false), late]);
  clearTimeout(timer);
  return isLate;
}

/** An address as it may be shown: some carry a key in their credentials or their query. */
function withoutSecrets(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}

function once(say: (message: string) => void): (message: string) => void {
  let isSaid = false;
  return (message) => {
    if (!isSaid) say(message);
    isSaid = true;
  };
}
