import type { Meter, Tracer } from '@opentelemetry/api';
import type { Logger } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Where spans, figures and log records of a run go. */
export type Pipeline = {
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly logger: Logger;
  readonly close: () => Promise<void>;
};

const maxCloseMs = 2000;

/** Exporters over OTLP/HTTP, set by the standard OTEL_* variables; they batch, and a collector that is slow or gone costs nothing but records. */
export function createPipeline(version: string): Pipeline {
  const name = 'wink-agent';
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': name, 'service.version': version }))
    .merge(detectResources({ detectors: [envDetector] }));
  const traces = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const metrics = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
  });
  const logs = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
  });
  return {
    tracer: traces.getTracer(name, version),
    meter: metrics.getMeter(name, version),
    logger: logs.getLogger(name, version),
    close: async () => {
      const all = Promise.allSettled([traces.shutdown(), metrics.shutdown(), logs.shutdown()]);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, maxCloseMs);
      });
      await Promise.race([all, late]);
      clearTimeout(timer);
    },
  };
}
