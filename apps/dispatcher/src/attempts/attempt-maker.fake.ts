import type { IntegrationSettings } from '@hookstile/contracts';
import { systemClock } from '@hookstile/service-runtime';
import { aDelivery, anIntegration, integrationSettings } from '@hookstile/testing';
import { egressUnderTest } from '../egress/egress.fake.js';
import { fakeOpener } from '../request/sealed-fixture.js';
import type { AttemptInput } from './attempt.types.js';
import { type AttemptMakerOptions, createAttemptMaker, type RunningAttemptMaker } from './attempt-maker.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-00`;
const noop = () => undefined;
const instrument = { add: noop, record: noop };

/** Makes real attempts, to loopback too, with secrets of `sealed`. */
export function attemptMaker(options: Partial<AttemptMakerOptions> = {}): RunningAttemptMaker {
  return createAttemptMaker({
    secrets: fakeOpener(),
    egress: egressUnderTest(),
    version: '1.2.3',
    tracing: {
      enabled: false,
      startSpan: () => ({ traceparent: TRACEPARENT, traceId: TRACE_ID, end: noop, fail: noop }),
    },
    metrics: { histogram: () => instrument },
    clock: systemClock,
    onUnexpected: (error) => {
      throw error;
    },
    ...options,
  });
}

/** Each input is a version of its own, for a maker keeps what it prepared for a version. */
let version = 0;

export function attemptInput(
  url: string,
  request: Partial<IntegrationSettings['request']> = {},
  overrides: Partial<AttemptInput> = {},
): AttemptInput {
  const settings = integrationSettings();
  const { envelope, bytes } = aDelivery({ data: '{"n":1.0}' });
  version += 1;
  return {
    integration: anIntegration({
      version,
      settings: { url, request: { ...settings.request, timeoutMs: 5_000, ...request } },
    }),
    deliveries: [{ envelope, data: bytes }],
    attempt: 1,
    attemptId: 'att_1',
    traceparent: null,
    signal: new AbortController().signal,
    mayBegin: () => true,
    startedAtMs: systemClock.nowMs(),
    ...overrides,
  };
}
