import { type Static, Type } from 'typebox';
import { bytesContract, type WithBytes } from '../../codec.js';
import { Actor } from '../../domain-events/v1/schema.js';
import { EventAttributes } from '../../events/v1/schema.js';
import { Instant, Nullable, WholeNumber } from '../../schema-parts.js';

/** How a delivery had ended when it was asked for once more. */
export const EndedStatus = Type.Union([Type.Literal('delivered'), Type.Literal('failed'), Type.Literal('discarded')]);
export type EndedStatus = Static<typeof EndedStatus>;

/** One ended delivery that an admin wants sent once more. The record's key is the integration's id, its value the event's data. */
export const RedeliveryEnvelope = Type.Object({
  deliveryId: Type.String(),
  integrationId: Type.String(),
  event: EventAttributes,
  /**
   * Offset in `deliveries` of the record that ended. It and the delivery are what the router knows a redelivery by: one
   * ending is redelivered once, however often it was asked for or written.
   */
  endedOffset: WholeNumber,
  endedStatus: EndedStatus,
  endedReason: Nullable(Type.String()),
  requestedAt: Instant,
  actor: Actor,
  requestId: Nullable(Type.String()),
  traceparent: Nullable(Type.String()),
  /** The recovery that it is part of; absent where somebody asked for this delivery alone. */
  recoveryId: Type.Optional(Type.String()),
});
export type RedeliveryEnvelope = Static<typeof RedeliveryEnvelope>;
export type Redelivery = WithBytes<RedeliveryEnvelope>;

export const redeliveriesV1 = bytesContract('redeliveries', 1, RedeliveryEnvelope);
