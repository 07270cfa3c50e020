import { type Static, Type } from 'typebox';
import { bytesContract, type WithBytes } from '../../codec.js';
import { EventAttributes } from '../../events/v1/schema.js';
import { Instant, Nullable, WholeNumber } from '../../schema-parts.js';

export const Trigger = Type.Union([
  Type.Literal('event'),
  Type.Literal('redelivery'),
  Type.Literal('recovery'),
  Type.Literal('test'),
]);
export type Trigger = Static<typeof Trigger>;

/** One event bound for one integration. The record's key is the integration's id, its value the event's data. */
export const DeliveryEnvelope = Type.Object({
  deliveryId: Type.String(),
  integrationId: Type.String(),
  /** The integration's version that the router matched; the dispatcher waits until it has seen it (invariant 6). */
  integrationVersion: WholeNumber,
  event: EventAttributes,
  trigger: Trigger,
  /**
   * Where the event stood in `events`, or the redelivery in `redeliveries`, as the trigger says (a recovery's is one, too): what lets readers drop a
   * router's replay.
   */
  sourcePartition: WholeNumber,
  sourceOffset: WholeNumber,
  routedAt: Instant,
  traceparent: Nullable(Type.String()),
});
export type DeliveryEnvelope = Static<typeof DeliveryEnvelope>;
export type Delivery = WithBytes<DeliveryEnvelope>;

export const deliveriesV1 = bytesContract('deliveries', 1, DeliveryEnvelope);
