import type { AttemptRecord } from '@hookstile/contracts';
import { aDelivery, FIXED_NOW } from '@hookstile/testing';
import { attemptRecord } from './journal-records.js';

/** The journal's record of a delivered push of the delivery at `offset`, as the dispatcher writes it. */
export function anAttemptRecord({
  offset = 0,
  ...overrides
}: Partial<AttemptRecord> & { offset?: number } = {}): AttemptRecord {
  const { envelope } = aDelivery({ event: { id: `evt_${offset}` } });
  const { envelope: record } = attemptRecord(
    { tenantId: 'ten_1', integrationId: envelope.integrationId, epoch: 1, sequence: 1 },
    {
      deliveries: [{ envelope, offset }],
      lane: 'main',
      attemptId: `att_${offset}`,
      attempt: 1,
      startedAtMs: Date.parse(FIXED_NOW),
      verdict: 'delivered',
      enablement: 1,
      consecutiveFailures: 0,
      outcome: {
        outcome: 'succeeded',
        httpStatus: 200,
        error: null,
        errorDetail: null,
        retryAfterMs: null,
        durationMs: 3,
        traceId: null,
        retryable: true,
        request: {
          method: 'POST',
          url: 'https://example.com/',
          headers: [],
          body: Buffer.from('{}'),
          truncated: false,
        },
        response: null,
      },
    },
  );
  return { ...record, ...overrides };
}
