import { metrics } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { type IMetricReader, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { onFlush } from './flush.js';
import { observeProcess } from './process-metrics.js';
import type { TelemetrySettings } from './settings.js';
import { telemetryResource } from './telemetry-resource.js';

const EXPORT_INTERVAL_MS = 10_000;
const EXPORT_TIMEOUT_MS = 5_000;

function prometheusReader(host: string, port: number): IMetricReader {
  return new PrometheusExporter({ host, port }, (error) => {
    if (error) process.stderr.write(`no metrics page: port ${port}: ${error.message}\n`);
  });
}

function pushingReader(): IMetricReader {
  return new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(),
    exportIntervalMillis: EXPORT_INTERVAL_MS,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  });
}

/** Serves Prometheus `/metrics`, and pushes by OTLP where an endpoint is set. */
export function startMetrics(settings: TelemetrySettings): void {
  const readers: IMetricReader[] = [];
  if (settings.metricsPort !== null) readers.push(prometheusReader(settings.host, settings.metricsPort));
  if (settings.pushMetrics) readers.push(pushingReader());
  const provider = new MeterProvider({ resource: telemetryResource(settings.serviceName), readers });
  metrics.setGlobalMeterProvider(provider);
  observeProcess();
  onFlush(() => provider.forceFlush());
}
