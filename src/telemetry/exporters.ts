import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import {
  createOtlpNetworkExportDelegate,
  type IOtlpExportDelegate,
  OTLPExporterBase,
} from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions, createOtlpHttpExporterMetrics } from '@opentelemetry/otlp-exporter-base/node-http';
import {
  type IExporterMetricsHelper,
  type ISerializer,
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  LogsExporterMetricsHelper,
  MetricsExporterMetricsHelper,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import { AggregationTemporality, InstrumentType, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { createHttpTransport, type Ending } from './http-transport.ts';
import type { TelemetrySignal } from './signals.ts';

/** What all exporters of a session need. */
export type ExporterOptions = {
  /** Hears, in words, why records were not taken. */
  readonly onRefused: (reason: string) => void;
  readonly ending: Ending;
};

/** Sends spans over OTLP/HTTP; headers, certificates, timeout and compression come from the standard variables. */
export function createTraceExporter(signal: TelemetrySignal, options: ExporterOptions): SpanExporter {
  const serializer = signal.encoding === 'json' ? JsonTraceSerializer : ProtobufTraceSerializer;
  const inner = new OTLPExporterBase(createDelegate(signal, serializer, TraceExporterMetricsHelper, options));
  return {
    export: (spans, done) => inner.export(spans, hearing(done, options)),
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
  };
}

/** Sends log records as `createTraceExporter` sends spans. */
export function createLogExporter(signal: TelemetrySignal, options: ExporterOptions): LogRecordExporter {
  const serializer = signal.encoding === 'json' ? JsonLogsSerializer : ProtobufLogsSerializer;
  const inner = new OTLPExporterBase(createDelegate(signal, serializer, LogsExporterMetricsHelper, options));
  return {
    export: (records, done) => inner.export(records, hearing(done, options)),
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
  };
}

/** Sends metrics as `createTraceExporter` sends spans; `preference` is OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE. */
export function createMetricExporter(
  signal: TelemetrySignal,
  preference: string | undefined,
  options: ExporterOptions,
): PushMetricExporter {
  const serializer = signal.encoding === 'json' ? JsonMetricsSerializer : ProtobufMetricsSerializer;
  const inner = new OTLPExporterBase(createDelegate(signal, serializer, MetricsExporterMetricsHelper, options));
  const isDelta = deltaKinds[preference?.trim().toLowerCase() ?? ''];
  return {
    export: (metrics, done) => inner.export(metrics, hearing(done, options)),
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
    selectAggregationTemporality: (kind) =>
      isDelta?.has(kind) ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
  };
}

/** Which of our instruments count since the last export instead of since the start (https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/). */
const deltaKinds: Readonly<Record<string, ReadonlySet<InstrumentType>>> = {
  delta: new Set([InstrumentType.COUNTER, InstrumentType.HISTOGRAM]),
  lowmemory: new Set([InstrumentType.COUNTER, InstrumentType.HISTOGRAM]),
};

type PartialSuccess = { readonly partialSuccess?: { readonly errorMessage?: string } };

function createDelegate<Records, Answer extends PartialSuccess>(
  { name, url, encoding }: TelemetrySignal,
  serializer: ISerializer<Records, Answer>,
  helper: IExporterMetricsHelper<Records>,
  { onRefused, ending }: ExporterOptions,
): IOtlpExportDelegate<Records> {
  const options = convertLegacyHttpOptions({ url }, name.toUpperCase(), `v1/${name}`, {
    'Content-Type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
  });
  const listening: ISerializer<Records, Answer> = {
    serializeRequest: serializer.serializeRequest,
    deserializeResponse: (data) => {
      const answer = serializer.deserializeResponse(data);
      const rejected = Object.entries(answer.partialSuccess ?? {}).find(([, value]) => Number(value) > 0)?.[1];
      if (rejected !== undefined)
        onRefused(`it refused ${rejected} records: ${answer.partialSuccess?.errorMessage ?? ''}`);
      return answer;
    },
  };
  const metrics = createOtlpHttpExporterMetrics('otlp_http_exporter', helper, url, undefined);
  return createOtlpNetworkExportDelegate(options, listening, metrics, createHttpTransport(options, ending));
}

function hearing(done: (result: ExportResult) => void, { onRefused }: ExporterOptions): (result: ExportResult) => void {
  return (result) => {
    if (result.code === ExportResultCode.FAILED) onRefused(result.error?.message || 'it did not say why');
    done(result);
  };
}
