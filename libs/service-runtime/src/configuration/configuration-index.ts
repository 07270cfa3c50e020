import type {
  ApiKeyConfiguration,
  Configuration,
  IntegrationConfiguration,
  TenantConfiguration,
} from '@hookstile/contracts';

const NONE: readonly IntegrationConfiguration[] = [];

function byId(left: IntegrationConfiguration, right: IntegrationConfiguration): number {
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}

/** The newest record of each thing, found by id, by key hash and by tenant. Knows nothing of topics. */
export class ConfigurationIndex {
  readonly tenants = new Map<string, TenantConfiguration>();
  readonly integrations = new Map<string, IntegrationConfiguration>();
  private readonly keys = new Map<string, ApiKeyConfiguration>();
  private readonly keysByHash = new Map<string, ApiKeyConfiguration>();
  private readonly byTenant = new Map<string, readonly IntegrationConfiguration[]>();

  /** Takes a record in unless its version is not above the known one; says whether it did. */
  apply(configuration: Configuration): boolean {
    switch (configuration.kind) {
      case 'tenant':
        return this.replace(this.tenants, configuration);
      case 'api-key':
        return this.applyKey(configuration);
      case 'integration':
        return this.applyIntegration(configuration);
    }
  }

  keyByHash(hash: string): ApiKeyConfiguration | undefined {
    return this.keysByHash.get(hash);
  }

  integrationsOf(tenantId: string): readonly IntegrationConfiguration[] {
    return this.byTenant.get(tenantId) ?? NONE;
  }

  private replace<T extends Configuration>(known: Map<string, T>, configuration: T): boolean {
    const version = known.get(configuration.id)?.version ?? -1;
    if (configuration.version <= version) return false;
    known.set(configuration.id, configuration);
    return true;
  }

  private applyKey(key: ApiKeyConfiguration): boolean {
    const before = this.keys.get(key.id);
    if (!this.replace(this.keys, key)) return false;
    if (before) this.keysByHash.delete(before.hash);
    if (!key.deleted) this.keysByHash.set(key.hash, key);
    return true;
  }

  private applyIntegration(integration: IntegrationConfiguration): boolean {
    if (!this.replace(this.integrations, integration)) return false;
    const others = this.integrationsOf(integration.tenantId).filter((other) => other.id !== integration.id);
    const now = integration.deleted ? others : [...others, integration].sort(byId);
    this.byTenant.set(integration.tenantId, now);
    return true;
  }
}
