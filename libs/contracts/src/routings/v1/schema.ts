import { type Static, Type } from 'typebox';
import { jsonContract } from '../../codec.js';
import { EventAttributes, EventVia } from '../../events/v1/schema.js';
import { Instant, Nullable, WholeNumber } from '../../schema-parts.js';

/** What the router found in one record of `events`. Exactly one routing a source record; the key is the tenant. */
export const Routing = Type.Object({
  sourcePartition: WholeNumber,
  sourceOffset: WholeNumber,
  via: EventVia,
  routedAt: Instant,
  /**
   * When the source record was accepted: the same in every routing of it, and also where there is no readable event to
   * say so. Former releases leave it out.
   */
  acceptedAt: Type.Optional(Instant),
  /** Null where a rejected record did not hold a readable event. */
  event: Type.Union([EventAttributes, Type.Null()]),
  /** The tenant where it is known, also of a rejected record. */
  tenantId: Nullable(Type.String()),
  outcome: Type.Union([
    Type.Literal('routed'),
    Type.Literal('filtered'),
    Type.Literal('duplicate'),
    Type.Literal('rejected'),
  ]),
  /** A code such as `id_reused`, or null where the outcome says all. */
  reason: Nullable(Type.String()),
  /** The sentence behind the code. */
  detail: Nullable(Type.String()),
  deliveries: Type.Array(Type.Object({ deliveryId: Type.String(), integrationId: Type.String() })),
  traceparent: Nullable(Type.String()),
});
export type Routing = Static<typeof Routing>;

export const routingsV1 = jsonContract('routings', 1, Routing);
