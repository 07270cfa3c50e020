import type {
  ApiKeyConfiguration,
  Configuration,
  DecisionRuleConfiguration,
  IntegrationConfiguration,
  TenantConfiguration,
  TenantKeyConfiguration,
} from '@hookstile/contracts';
import { EqualParts } from './equal-parts.js';
import { KeptEventTypes } from './kept-event-types.js';
import { TenantLists } from './tenant-lists.js';

/** The newest record of each thing, found by id, by key hash and by tenant. Knows nothing of topics. */
export class ConfigurationIndex {
  readonly tenants = new Map<string, TenantConfiguration>();
  readonly tenantKeys = new Map<string, TenantKeyConfiguration>();
  readonly eventTypes = new KeptEventTypes();
  readonly integrations = new TenantLists<IntegrationConfiguration>();
  readonly decisionRules = new TenantLists<DecisionRuleConfiguration>();
  private readonly parts = new EqualParts();
  private readonly keys = new Map<string, ApiKeyConfiguration>();
  private readonly keysByHash = new Map<string, ApiKeyConfiguration>();

  /** Takes a record in unless its version is not above the known one; says whether it did. */
  apply(configuration: Configuration): boolean {
    switch (configuration.kind) {
      case 'tenant':
        return replace(this.tenants, configuration);
      case 'tenant-key':
        return replace(this.tenantKeys, configuration);
      case 'event-type':
        return this.eventTypes.apply(configuration);
      case 'api-key':
        return this.applyKey(configuration);
      case 'integration':
        return this.integrations.apply(this.parts.share(configuration));
      case 'decision-rule':
        return this.decisionRules.apply(configuration);
    }
  }

  keyByHash(hash: string): ApiKeyConfiguration | undefined {
    return this.keysByHash.get(hash);
  }

  private applyKey(key: ApiKeyConfiguration): boolean {
    const before = this.keys.get(key.id);
    if (!replace(this.keys, key)) return false;
    if (before) this.keysByHash.delete(before.hash);
    if (!key.deleted) this.keysByHash.set(key.hash, key);
    return true;
  }
}

function replace<T extends Configuration>(known: Map<string, T>, configuration: T): boolean {
  const version = known.get(configuration.id)?.version ?? -1;
  if (configuration.version <= version) return false;
  known.set(configuration.id, configuration);
  return true;
}
