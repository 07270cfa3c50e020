import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { onFlush } from './flush.js';
import type { TelemetrySettings } from './settings.js';
import { telemetryResource } from './telemetry-resource.js';
import { tracing } from './tracing.js';

/** Spans beyond are dropped: telemetry must never grow a process without bound. */
const SPAN_QUEUE_MAX_COUNT = 8_192;
const SPAN_BATCH_MAX_COUNT = 1_024;
const SPAN_EXPORT_INTERVAL_MS = 1_000;
const SPAN_EXPORT_TIMEOUT_MS = 5_000;
/** Modules that the loader hook may touch; wrapping every ES module would cost start-up time and memory. */
const INSTRUMENTED_MODULES = ['pg', 'http', 'node:http'];
const UNTRACED_PATHS = new Set(['/livez', '/readyz']);

/** Exports spans by OTLP/HTTP and makes those of incoming HTTP and of pg by instrumentation. */
export function startTraces(settings: TelemetrySettings): void {
  // In this thread: the loader of `node:module`'s register would be a worker of its own, 15 MiB a process.
  register({ include: INSTRUMENTED_MODULES });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(),
    maxQueueSize: SPAN_QUEUE_MAX_COUNT,
    maxExportBatchSize: SPAN_BATCH_MAX_COUNT,
    scheduledDelayMillis: SPAN_EXPORT_INTERVAL_MS,
    exportTimeoutMillis: SPAN_EXPORT_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    resource: telemetryResource(settings.serviceName),
    spanProcessors: [processor],
  });
  trace.setGlobalTracerProvider(provider);
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new HttpInstrumentation({
        // Requests to webhooks are made with undici and get their spans by hand, one an attempt.
        disableOutgoingRequestInstrumentation: true,
        ignoreIncomingRequestHook: (request) => UNTRACED_PATHS.has(request.url ?? ''),
      }),
      // Statements of polls and leases belong to no request; as traces of their own they would only be noise.
      new PgInstrumentation({ requireParentSpan: true }),
    ],
  });
  tracing.enabled = true;
  onFlush(() => provider.forceFlush());
}
