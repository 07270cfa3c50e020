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
  /** Of those not deleted. */
  private readonly idsByTenant = new Map<string, Set<string>>();
  private readonly listsByTenant = new Map<string, readonly IntegrationConfiguration[]>();

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

  /** Listed when they are asked for: a start reads thousands of one tenant, one after the other. */
  integrationsOf(tenantId: string): readonly IntegrationConfiguration[] {
    const ids = this.idsByTenant.get(tenantId);
    if (!ids) return NONE;
    const known = this.listsByTenant.get(tenantId);
    if (known) return known;
    const list = [...ids].flatMap((id) => this.integrations.get(id) ?? []).sort(byId);
    this.listsByTenant.set(tenantId, list);
    return list;
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
    const { id, tenantId, deleted } = integration;
    const ids = this.idsByTenant.get(tenantId) ?? new Set();
    this.idsByTenant.set(tenantId, ids);
    if (deleted) ids.delete(id);
    else ids.add(id);
    this.listsByTenant.delete(tenantId);
    return true;
  }
}
