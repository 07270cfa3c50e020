import { type Static, Type } from 'typebox';
import { jsonContract } from '../../codec.js';
import { Instant, Nullable, WholeNumber } from '../../schema-parts.js';

export const Actor = Type.Object({
  type: Type.Union([Type.Literal('api_key'), Type.Literal('platform'), Type.Literal('system')]),
  id: Nullable(Type.String()),
  name: Nullable(Type.String()),
  role: Nullable(Type.String()),
});
export type Actor = Static<typeof Actor>;

/** A recorded fact of the config service. The record's key is the aggregate. */
export const DomainEventRecord = Type.Object({
  /** Position in the event store, rising. */
  sequence: WholeNumber,
  aggregate: Type.Union([
    Type.Literal('tenant'),
    Type.Literal('api_key'),
    Type.Literal('event_type'),
    Type.Literal('integration'),
    Type.Literal('decision_rule'),
  ]),
  aggregateId: Type.String(),
  /** Version of the aggregate after this event, from 1. */
  version: WholeNumber,
  /** `IntegrationEnabled`, `ApiKeyCreated`… */
  type: Type.String(),
  /** What the audit log calls it: `integration.enabled`. */
  action: Type.String(),
  tenantId: Nullable(Type.String()),
  subjectName: Nullable(Type.String()),
  /** The public, secret-masked view before and after the change; null where there was or is none. */
  before: Type.Unknown(),
  after: Type.Unknown(),
  actor: Actor,
  requestId: Nullable(Type.String()),
  at: Instant,
});
export type DomainEventRecord = Static<typeof DomainEventRecord>;

export const domainEventsV1 = jsonContract('domain-events', 1, DomainEventRecord);
