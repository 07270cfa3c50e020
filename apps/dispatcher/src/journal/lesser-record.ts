import type { AttemptRecord, JournalEnvelope, JournaledDelivery, JournalRecord } from '@hookstile/contracts';

/** Of an event's id, source and type, where a record must do with less: the delivery's id stays whole. */
const NAME_KEPT_CHARACTERS = 64;

export interface LesserRecord {
  readonly record: JournalRecord;
  /** What was left out, for the log. */
  readonly what: string;
  /** Whether names of events were cut: records of ours are made so that it never comes to this. */
  readonly namesCut: boolean;
}

/**
 * The record with less in it, for a broker that takes no larger one: what ended how matters more than bodies, and
 * these more than headers and long names. Null: there is nothing left to leave out.
 */
export function lesserRecord({ envelope, bytes }: JournalRecord): LesserRecord | null {
  if (envelope.kind === 'epoch') return null;
  if (envelope.kind === 'attempt' && bytes.length > 0) {
    return { record: withoutBodies(envelope), what: 'its bodies are left out', namesCut: false };
  }
  const lesser = withShortNames(envelope.kind === 'attempt' ? withoutHeaders(envelope) : envelope);
  if (JSON.stringify(lesser).length === JSON.stringify(envelope).length) return null;
  return { record: { envelope: lesser, bytes }, what: 'its headers are left out, and names are cut', namesCut: true };
}

function withoutBodies(envelope: AttemptRecord): JournalRecord {
  const truncated = changedParts(envelope, ({ headers }) => ({ headers, truncated: true }));
  return { envelope: { ...truncated, requestBytes: 0, responseBytes: 0 }, bytes: Buffer.alloc(0) };
}

function withoutHeaders(envelope: AttemptRecord): AttemptRecord {
  return changedParts(envelope, () => ({ headers: [], truncated: true }));
}

type Part = Pick<AttemptRecord['request'], 'headers' | 'truncated'>;

function changedParts(envelope: AttemptRecord, changed: (part: Part) => Part): AttemptRecord {
  const { request, response } = envelope;
  return {
    ...envelope,
    request: { ...request, ...changed(request) },
    response: response === null ? null : changed(response),
  };
}

function withShortNames<E extends Exclude<JournalEnvelope, { kind: 'epoch' }>>(envelope: E): E {
  const cut = (text: string) => text.slice(0, NAME_KEPT_CHARACTERS).toWellFormed();
  const deliveries = envelope.deliveries.map(
    (delivery): JournaledDelivery => ({
      ...delivery,
      eventId: cut(delivery.eventId),
      eventSource: cut(delivery.eventSource),
      eventType: cut(delivery.eventType),
    }),
  );
  return { ...envelope, deliveries };
}
