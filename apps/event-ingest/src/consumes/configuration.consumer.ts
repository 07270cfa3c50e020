import type { ConfigurationProjection, RecentConfiguration } from '@hookstile/service-runtime';
import { type Matcher, TenantMatchers } from '../match/tenant-matchers.js';

/** What the router needs of the topic `configuration`. */
export interface RoutingConfiguration {
  /** Whether the tenant exists and was not deleted. */
  knowsTenant(tenantId: string): boolean;
  /** Of the integrations that are not deleted. */
  matcherOf(tenantId: string): Matcher;
  /**
   * Whether it may be gone by for what config announces, such as a tenant's first schema: then all is known that was
   * announced before any event that was fetched.
   */
  readonly isRecent: boolean;
  /** The barrier: whatever was acknowledged before this call is visible once it resolves (invariant 6). */
  catchUp(): Promise<void>;
}

/** What redeliveries need of it. */
export interface RedeliveryConfiguration {
  /** The version of an integration, also of a deleted one; 0 where it is unknown. */
  versionOf(integrationId: string): number;
  catchUp(): Promise<void>;
}

export function redeliveryConfigurationOf(projection: ConfigurationProjection): RedeliveryConfiguration {
  return {
    versionOf: (integrationId) => projection.integration(integrationId)?.version ?? 0,
    catchUp: () => projection.catchUp(),
  };
}

/** The runtime follows the topic; the router sees of it only what it needs. */
export function routingConfigurationOf(
  projection: ConfigurationProjection,
  recent: RecentConfiguration,
): RoutingConfiguration {
  const matchers = new TenantMatchers();
  projection.onChange(({ kind, id, deleted }) => {
    if (kind === 'tenant' && deleted) matchers.forget(id);
  });
  return {
    knowsTenant: (tenantId) => projection.tenant(tenantId)?.deleted === false,
    matcherOf: (tenantId) => matchers.of(tenantId, projection.integrationsOf(tenantId)),
    get isRecent() {
      return recent.isRecent;
    },
    catchUp: () => recent.catchUp(),
  };
}
