import { type Static, Type } from 'typebox';
import { jsonContract } from '../../codec.js';
import { Instant, Nullable, WholeNumber } from '../../schema-parts.js';
import { DecisionRuleSettings } from './decision-rule.js';
import { WrappedKey } from './sealed-secret.js';
import { IntegrationSettings } from './settings.js';

export * from './authentication.js';
export * from './condition.js';
export * from './decision-rule.js';
export * from './sealed-secret.js';
export * from './settings.js';

/** Each record is the whole newest state of one thing; a reader ignores a version below the one it has. */
const common = { id: Type.String(), version: WholeNumber, deleted: Type.Boolean(), at: Instant };

export const Plan = Type.Union([Type.Literal('standard'), Type.Literal('enterprise')]);
export type Plan = Static<typeof Plan>;

export const Role = Type.Union([
  Type.Literal('viewer'),
  Type.Literal('editor'),
  Type.Literal('admin'),
  Type.Literal('producer'),
]);
export type Role = Static<typeof Role>;

export const TenantConfiguration = Type.Object({
  kind: Type.Literal('tenant'),
  ...common,
  name: Type.String(),
  plan: Plan,
});
export type TenantConfiguration = Static<typeof TenantConfiguration>;

/**
 * The key that a tenant's secrets are sealed under. Its id is the tenant's; its version rises with each rotation of the
 * ring. Once the tenant is deleted there is none, and no copy of the tenant's secrets can be opened any more.
 */
export const TenantKeyConfiguration = Type.Object({
  kind: Type.Literal('tenant-key'),
  ...common,
  tenantId: Type.String(),
  wrapped: Nullable(WrappedKey),
});
export type TenantKeyConfiguration = Static<typeof TenantKeyConfiguration>;

export const ApiKeyConfiguration = Type.Object({
  kind: Type.Literal('api-key'),
  ...common,
  tenantId: Type.String(),
  name: Type.String(),
  role: Role,
  /** SHA-256 of the key, hex; keys carry 192 random bits, so a plain hash cannot be searched. */
  hash: Type.String(),
});
export type ApiKeyConfiguration = Static<typeof ApiKeyConfiguration>;

/** A type of a tenant's events; its id is a pure function of tenant and type. */
export const EventTypeConfiguration = Type.Object({
  kind: Type.Literal('event-type'),
  ...common,
  tenantId: Type.String(),
  type: Type.String(),
  description: Type.String(),
  /** A JSON Schema (2020-12) that the data of such events must match, or null. */
  schema: Type.Unknown(),
  /** Data of an event of this type, for tests and for readers; absent where none was given. */
  example: Type.Optional(Type.Unknown()),
});
export type EventTypeConfiguration = Static<typeof EventTypeConfiguration>;

export const DisabledReason = Type.Union([
  Type.Literal('admin'),
  Type.Literal('consecutive_failures'),
  Type.Literal('gone'),
  Type.Literal('plan'),
]);
export type DisabledReason = Static<typeof DisabledReason>;

export const IntegrationConfiguration = Type.Object({
  kind: Type.Literal('integration'),
  ...common,
  tenantId: Type.String(),
  /** Raised only by enabling; a signal carries the one that it saw. */
  enablement: WholeNumber,
  state: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
  disabledReason: Nullable(DisabledReason),
  /** Deliveries that were routed under a version below this one end as discarded. */
  discardBefore: WholeNumber,
  settings: IntegrationSettings,
});
export type IntegrationConfiguration = Static<typeof IntegrationConfiguration>;

/** A synchronous webhook that is used as a policy condition. */
export const DecisionRuleConfiguration = Type.Object({
  kind: Type.Literal('decision-rule'),
  ...common,
  tenantId: Type.String(),
  state: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
  settings: DecisionRuleSettings,
});
export type DecisionRuleConfiguration = Static<typeof DecisionRuleConfiguration>;

export const Configuration = Type.Union([
  TenantConfiguration,
  TenantKeyConfiguration,
  ApiKeyConfiguration,
  EventTypeConfiguration,
  IntegrationConfiguration,
  DecisionRuleConfiguration,
]);
export type Configuration = Static<typeof Configuration>;

/** A deleted thing keeps its record (`deleted: true`), so that a late lower version cannot bring it back. */
export const configurationV1 = jsonContract('configuration', 1, Configuration);

export function configurationKey(kind: Configuration['kind'], id: string): string {
  return `${kind}:${id}`;
}
