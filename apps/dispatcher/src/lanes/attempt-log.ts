import type { Logger } from 'pino';
import type { EndedAttempt, Lane } from './lane.js';
import type { Fence, LaneDelivery } from './lane.store.js';
import type { Push } from './lane.types.js';

/**
 * One wide line an attempt: a failure at info, a success at debug. At full rate lines of successes at info would cost
 * more CPU than the attempts; the event log has every one of them.
 */
export function logAttempt(
  logger: Logger,
  fence: Fence,
  lane: Lane,
  items: Push<LaneDelivery>,
  ended: EndedAttempt,
): void {
  const { attemptId, startedAtMs, outcome, verdict, run } = ended;
  const level = outcome.outcome === 'failed' ? 'info' : 'debug';
  if (!logger.isLevelEnabled(level)) return;
  const [{ envelope, attempt, arrivedAtMs, dueAtMs }] = items;
  logger[level](
    {
      tenantId: lane.integration.tenantId,
      integrationId: envelope.integrationId,
      deliveryId: envelope.deliveryId,
      eventId: envelope.event.id,
      eventType: envelope.event.type,
      attemptId,
      attempt,
      deliveries: items.length,
      /** From when it could have been attempted: its arrival in memory, or the end of its delay. */
      waitedMs: Math.max(0, startedAtMs - Math.max(arrivedAtMs, dueAtMs ?? 0)),
      ageMs: Math.max(0, startedAtMs - Date.parse(envelope.event.acceptedAt)),
      trigger: envelope.trigger,
      outcome: outcome.outcome,
      push: typeof verdict === 'string' ? verdict : 'pending',
      httpStatus: outcome.httpStatus,
      error: outcome.error,
      errorDetail: outcome.errorDetail,
      durationMs: Math.round(outcome.durationMs),
      consecutiveFailures: run.consecutiveFailures,
      nextAttemptAtMs: typeof verdict === 'object' && verdict !== null ? verdict.dueAtMs : null,
      laneKey: lane.name.key,
      traceId: outcome.traceId,
      partition: fence.partition,
      epoch: fence.epoch,
      lane: lane.state.phase,
    },
    'attempt',
  );
}
