import type { AttemptRecord, IntegrationConfiguration } from '@hookstile/contracts';
import { type AttemptWithBodies, loggedBody, loggedHeaders, type PayloadMask } from '@hookstile/service-runtime';
import type { AttemptOutcome } from '../attempts/attempt.types.js';
import { attemptRecord } from '../journal/journal-records.js';
import type { DeliveryToSend } from '../request/delivery-to-send.types.js';

/** Of no owner: what reads the journal knows a trial by its trigger, and takes it for no part of any epoch or count. */
const NO_OWNER = { epoch: 0, sequence: 0 };
const NO_BYTES = Buffer.alloc(0);

export interface TrialMade {
  integration: IntegrationConfiguration;
  delivery: DeliveryToSend;
  attemptId: string;
  startedAtMs: number;
  outcome: AttemptOutcome;
}

export interface RecordedTrial {
  envelope: AttemptRecord;
  bytes: Buffer;
}

/** What the journal says of a trial. Where the integration's payloads are not logged, it has no bodies either. */
export function trialRecordOf({ integration, delivery, attemptId, startedAtMs, outcome }: TrialMade): RecordedTrial {
  const { tenantId, id: integrationId, enablement, settings } = integration;
  return attemptRecord(
    { tenantId, integrationId, ...NO_OWNER },
    {
      deliveries: [{ envelope: delivery.envelope, offset: 0 }],
      lane: 'test',
      attemptId,
      attempt: 1,
      startedAtMs,
      outcome: settings.logPayloads === 'none' ? withoutBodies(outcome) : outcome,
      verdict: outcome.outcome === 'succeeded' ? 'delivered' : 'failed',
      enablement,
      consecutiveFailures: 0,
    },
  );
}

function withoutBodies(outcome: AttemptOutcome): AttemptOutcome {
  const { request, response } = outcome;
  return {
    ...outcome,
    request: { ...request, body: NO_BYTES, truncated: request.body.length > 0 },
    response: response && { ...response, body: NO_BYTES, truncated: response.body.length > 0 },
  };
}

/** The trial as `GET /v1/event-log/{id}` shows it, with the bodies, whether they are logged or not. */
export function trialViewOf(
  { envelope }: RecordedTrial,
  { request, response }: AttemptOutcome,
  mask: PayloadMask,
): AttemptWithBodies {
  const [delivery] = envelope.deliveries;
  if (!delivery) throw new Error('a trial without its delivery');
  const hasBodies = request.body.length + (response?.body.length ?? 0) > 0;
  return {
    id: envelope.attemptId,
    at: envelope.at,
    integrationId: envelope.integrationId,
    deliveryId: delivery.deliveryId,
    deliveryIds: envelope.deliveries.map(({ deliveryId }) => deliveryId),
    eventId: delivery.eventId,
    eventSource: delivery.eventSource,
    eventType: delivery.eventType,
    attempt: envelope.attempt,
    trigger: envelope.trigger,
    outcome: envelope.outcome,
    httpStatus: envelope.httpStatus,
    error: envelope.error,
    errorDetail: envelope.errorDetail,
    durationMs: envelope.durationMs,
    nextAttemptAt: envelope.nextAttemptAt,
    traceId: envelope.traceId,
    late: false,
    request: {
      method: request.method,
      url: request.url,
      headers: loggedHeaders(mask.headers(request.headers)),
      truncated: request.truncated,
      ...loggedBody(hasBodies ? mask.body(request.body) : null),
    },
    response: response && {
      headers: loggedHeaders(mask.headers(response.headers)),
      truncated: response.truncated,
      ...loggedBody(hasBodies ? mask.body(response.body) : null),
    },
  };
}
