import { type Static, Type } from 'typebox';
import { Extensions, Instant, Nullable } from '../../schema-parts.js';

/**
 * An event's attributes once it was accepted. Its data travels beside them as raw bytes.
 * On the topic `events` it is a CloudEvents 1.0 record in binary mode (headers `ce_*`), so that platform producers
 * write the same form; apps/event-ingest encodes and reads it.
 */
export const EventAttributes = Type.Object({
  tenantId: Type.String(),
  source: Type.String(),
  id: Type.String(),
  type: Type.String(),
  subject: Nullable(Type.String()),
  /** As the producer gave it (RFC 3339), or null. */
  time: Nullable(Type.String()),
  /** When the front door accepted it; for a record from Kafka, the record's timestamp. */
  acceptedAt: Instant,
  extensions: Extensions,
});
export type EventAttributes = Static<typeof EventAttributes>;

export const EventVia = Type.Union([Type.Literal('http'), Type.Literal('kafka')]);
export type EventVia = Static<typeof EventVia>;
