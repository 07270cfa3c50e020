import { traceIdOf } from '@hookstile/contracts';
import { describe, expect, it } from 'vitest';
import { telemetrySettings } from './settings.js';
import { childTraceparent, newTraceparent, tracing } from './tracing.js';

const PARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const ones = (size: number) => new Uint8Array(size).fill(0x11);

describe('tracing without telemetry', () => {
  it('keeps the trace and the flags under a new span id', () => {
    expect(childTraceparent(PARENT, ones)).toBe(`00-${'a'.repeat(32)}-${'1'.repeat(16)}-01`);
    const span = tracing.startSpan('attempt', { kind: 'client', parent: PARENT });
    expect(traceIdOf(span.traceparent)).toBe('a'.repeat(32));
    expect(span.traceparent).not.toBe(PARENT);
  });

  it.each([[null], ['nonsense'], [`00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`]])(
    'begins a trace where the parent is %s',
    (parent) => {
      expect(childTraceparent(parent, ones)).toBe(newTraceparent(ones));
      expect(traceIdOf(tracing.startSpan('x', { kind: 'internal', parent }).traceparent)).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  it("takes a request's valid traceparent and replaces one that is not", () => {
    expect(tracing.incoming({ headers: { traceparent: PARENT } })).toBe(PARENT);
    expect(traceIdOf(tracing.incoming({ headers: { traceparent: 'x' } }))).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('telemetrySettings', () => {
  it('starts nothing without an endpoint and a metrics port', () => {
    expect(telemetrySettings({}, '')).toMatchObject({ traces: false, pushMetrics: false, metricsPort: null });
    expect(telemetrySettings({ METRICS_PORT: '0' }, '')).toMatchObject({ metricsPort: null });
  });

  it("is named after the service's folder unless a name is given", () => {
    expect(telemetrySettings({}, '/srv/apps/event-ingest/dist/main.js').serviceName).toBe('event-ingest');
    expect(telemetrySettings({ HOOKSTILE_SERVICE: 'router' }, '/srv/apps/x/dist/main.js').serviceName).toBe('router');
  });

  it('can leave out one signal', () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_METRICS_EXPORTER: 'none' };
    expect(telemetrySettings(environment, '')).toMatchObject({ traces: true, pushMetrics: false });
  });
});
