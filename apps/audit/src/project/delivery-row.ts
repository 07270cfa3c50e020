import type { DeliveryEnvelope, JournalEnvelope, JournaledDelivery } from '@hookstile/contracts';
import type { DeliveryJudgement } from './delivery-marks.js';
import { instantMs, nullableInstantMs } from './instant.js';
import type { DeliveryPosition, DeliveryRow, DeliveryStatus } from './rows.js';

/** Below every position that the journal can state. */
const ROUTED: DeliveryPosition = { deliveryOffset: -1, epoch: -1, sequence: -1 };
/** Below every other: it says something only where nothing was known. */
const NOTHING_NEW: DeliveryPosition = { deliveryOffset: -2, epoch: -1, sequence: -1 };
const REPLAYED = 'replayed';

/**
 * A delivery that was routed. The router may write the same delivery twice and only one of the two is ever journaled,
 * so a first routing says less than any journal record; a redelivery makes an ended delivery pending again. One that
 * only a replay names is dropped by dispatchers without a record: it ends as discarded.
 */
export function routedDeliveryRow(
  envelope: DeliveryEnvelope,
  offset: number,
  judgement: DeliveryJudgement,
): DeliveryRow | null {
  if (envelope.trigger === 'test') return null;
  const { event } = envelope;
  return {
    deliveryId: envelope.deliveryId,
    tenantId: event.tenantId,
    integrationId: envelope.integrationId,
    eventId: event.id,
    eventSource: event.source,
    eventType: event.type,
    acceptedAtMs: instantMs(event.acceptedAt),
    status: 'pending',
    reason: null,
    nextAttemptAtMs: null,
    finishedAtMs: null,
    firstOffset: null,
    ...routedPosition(envelope, offset, judgement),
    ...(judgement === 'replayed' && {
      status: 'discarded',
      reason: REPLAYED,
      finishedAtMs: instantMs(envelope.routedAt),
    }),
  };
}

function routedPosition({ trigger }: DeliveryEnvelope, offset: number, judgement: DeliveryJudgement): DeliveryPosition {
  if (judgement !== 'new') return NOTHING_NEW;
  return trigger === 'event' ? ROUTED : { deliveryOffset: offset, epoch: -1, sequence: -1 };
}

/** The reason of a pending delivery that is not tried again before its integration changes or an admin gives it up. */
export const EXHAUSTED = 'exhausted';

type Journaled = Exclude<JournalEnvelope, { kind: 'epoch' }>;

interface State {
  status: DeliveryStatus;
  reason: string | null;
  nextAttemptAtMs: number | null;
  finishedAtMs: number | null;
}

function stateOf(record: Journaled): State {
  if (record.kind === 'held')
    return { status: 'held', reason: record.reason, nextAttemptAtMs: null, finishedAtMs: null };
  const finishedAtMs = instantMs(record.at);
  if (record.kind === 'discarded') {
    return { status: 'discarded', reason: record.reason, nextAttemptAtMs: null, finishedAtMs };
  }
  if (record.kind === 'skipped')
    return { status: 'failed', reason: record.reason, nextAttemptAtMs: null, finishedAtMs };
  if (record.push === 'pending') {
    const nextAttemptAtMs = nullableInstantMs(record.nextAttemptAt);
    const reason = record.exhaustedUnder === undefined ? record.error : EXHAUSTED;
    return { status: 'pending', reason, nextAttemptAtMs, finishedAtMs: null };
  }
  return { status: record.push, reason: record.error, nextAttemptAtMs: null, finishedAtMs };
}

/** What a journal record says of each of its deliveries. A test's attempt belongs to the event log alone. */
export function journaledDeliveryRows(record: Journaled): DeliveryRow[] {
  if (record.kind === 'attempt' && record.trigger === 'test') return [];
  const state = stateOf(record);
  return record.deliveries.map((delivery: JournaledDelivery) => ({
    deliveryId: delivery.deliveryId,
    tenantId: record.tenantId,
    integrationId: record.integrationId,
    eventId: delivery.eventId,
    eventSource: delivery.eventSource,
    eventType: delivery.eventType,
    acceptedAtMs: instantMs(delivery.acceptedAt),
    ...state,
    deliveryOffset: delivery.offset,
    firstOffset: delivery.offset,
    epoch: record.epoch,
    sequence: record.sequence,
  }));
}

export function comparePositions(a: DeliveryPosition, b: DeliveryPosition): number {
  return a.deliveryOffset - b.deliveryOffset || a.epoch - b.epoch || a.sequence - b.sequence;
}

/** The row's table is partitioned by the time, so that it is part of the key. */
export function deliveryKey({ deliveryId, acceptedAtMs }: Pick<DeliveryRow, 'deliveryId' | 'acceptedAtMs'>): string {
  return `${deliveryId}\n${acceptedAtMs}`;
}

/** The newer statement about the same delivery, with the lower of their first offsets. */
export function newerDeliveryRow(known: DeliveryRow, other: DeliveryRow): DeliveryRow {
  const newer = comparePositions(other, known) > 0 ? other : known;
  const older = newer === known ? other : known;
  if (older.firstOffset === null || newer.firstOffset === older.firstOffset) return newer;
  return { ...newer, firstOffset: Math.min(newer.firstOffset ?? older.firstOffset, older.firstOffset) };
}
