import { type Static, Type } from 'typebox';
import { jsonContract } from '../../codec.js';
import { Instant, Nullable, WholeNumber } from '../../schema-parts.js';

/** What the dispatcher tells config about an integration. The record's key is the integration's id. */
export const IntegrationSignal = Type.Object({
  type: Type.Union([
    Type.Literal('failing'),
    Type.Literal('disable-requested'),
    Type.Literal('recovered'),
    /** Held deliveries were discarded: the integration's backlog is beyond its bounds. */
    Type.Literal('held-limit'),
  ]),
  tenantId: Type.String(),
  integrationId: Type.String(),
  /** Which enablement the dispatcher acted under: config accepts a disable request exactly when it is the current one. */
  enablement: WholeNumber,
  /** Of a disable request. */
  reason: Nullable(Type.Union([Type.Literal('consecutive_failures'), Type.Literal('gone')])),
  consecutiveFailures: WholeNumber,
  /** The journal sequence of the integration behind the signal; (integration, enablement, type, sequence) is unique. */
  sequence: WholeNumber,
  at: Instant,
  traceparent: Nullable(Type.String()),
});
export type IntegrationSignal = Static<typeof IntegrationSignal>;

export const integrationSignalsV1 = jsonContract('integration-signals', 1, IntegrationSignal);
