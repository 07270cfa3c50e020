import { newId, type Plan } from '@hookstile/contracts';
import { type Clock, parseBody, type RandomBytes } from '@hookstile/service-runtime';
import { apiKeyAggregate } from '../api-keys/api-key-aggregate.js';
import type { Change, Changes } from '../changes/changes.js';
import { noSuch } from '../changes/no-such.js';
import type { Origin } from '../changes/origin.js';
import { decisionRuleAggregate } from '../decision-rules/decision-rule-aggregate.js';
import { eventTypeAggregate } from '../event-types/event-type-aggregate.js';
import type { IdempotencyStore } from '../idempotency/idempotency.store.js';
import { requireIfMatch } from '../input/if-match.js';
import { mergePatch } from '../input/merge-patch.js';
import { type Page, readPage } from '../input/page.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import { isInPlan } from '../integrations/profile-rules.js';
import type { ProfileCatalog } from '../profiles/profile-catalog.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import type { Tenant, TenantState } from './tenant.decider.js';
import { CreateTenantDto, TenantDto } from './tenant.dto.js';
import { type TenantView, tenantAggregate, tenantView } from './tenant-aggregate.js';

const ID_RANDOM_BYTES = 10;

function active(state: TenantState): Tenant {
  if (state.status !== 'active') throw noSuch('tenant');
  return state;
}

/** What can be done with tenants. */
export class Tenants {
  constructor(
    private readonly changes: Changes,
    private readonly readModels: ReadModelStore<unknown>,
    private readonly answers: IdempotencyStore<unknown>,
    private readonly profiles: ProfileCatalog,
    private readonly clock: Clock,
    private readonly randomBytes: RandomBytes,
  ) {}

  async create(body: unknown, origin: Origin): Promise<TenantView> {
    const { id: given, name, plan } = parseBody(CreateTenantDto, body);
    const id = given ?? newId('ten', this.clock.nowMs(), this.randomBytes(ID_RANDOM_BYTES));
    const state = await this.changes.run(origin, async (change) => {
      const tenant = await change.loadOf(id, tenantAggregate, id);
      const created = await tenant.execute({ type: 'create', at: this.now(), name, plan });
      await change.secretsOf(id);
      return created;
    });
    return tenantView(id, active(state));
  }

  async get(id: string): Promise<TenantView> {
    const row = await this.readModels.get(id, 'tenant', id);
    return tenantView(id, active((row?.state as TenantState | undefined) ?? { status: 'absent', version: 0 }));
  }

  /** Throws `not_found` unless the tenant exists. */
  async require(id: string): Promise<void> {
    await this.get(id);
  }

  async list(query: unknown): Promise<Page<TenantView>> {
    const page = await readPage(query, (bounds) => this.readModels.listTenants(bounds));
    return { ...page, items: page.items.map(({ id, state }) => tenantView(id, state as Tenant)) };
  }

  async patch(id: string, ifMatch: string | undefined, body: unknown, origin: Origin): Promise<TenantView> {
    const state = await this.changes.run(origin, async (change) => {
      const tenant = await change.loadOf(id, tenantAggregate, id);
      const { version, name, plan } = active(tenant.state);
      requireIfMatch(ifMatch, version);
      const next = parseBody(TenantDto, mergePatch({ name, plan }, body));
      const updated = await tenant.execute({ type: 'update', at: this.now(), name: next.name, plan: next.plan });
      if (next.plan !== plan) await this.disableWhatLacks(next.plan, id, change);
      return updated;
    });
    return tenantView(id, active(state));
  }

  async delete(id: string, ifMatch: string | undefined, origin: Origin): Promise<void> {
    await this.changes.run(origin, async (change) => {
      const tenant = await change.loadOf(id, tenantAggregate, id);
      requireIfMatch(ifMatch, active(tenant.state).version);
      await this.deleteThingsOf(id, change);
      await tenant.execute({ type: 'delete', at: this.now() });
      await change.forgetSecretsOf(id);
      await change.write((handle) => this.answers.deleteOfTenant(handle, id));
    });
  }

  /** No key, event type, integration or decision rule outlives its tenant: what is left would work for a tenant that is gone. */
  private async deleteThingsOf(tenantId: string, change: Change): Promise<void> {
    for (const id of await change.idsOfTenant('api-key', tenantId)) {
      await (await change.loadOf(tenantId, apiKeyAggregate, id)).execute({ type: 'delete', at: this.now() });
    }
    for (const id of await change.idsOfTenant('event-type', tenantId)) {
      await (await change.loadOf(tenantId, eventTypeAggregate, id)).execute({ type: 'delete', at: this.now() });
    }
    for (const id of await change.idsOfTenant('integration', tenantId)) {
      await (await change.loadOf(tenantId, integrationAggregate, id)).execute({ type: 'delete', at: this.now() });
    }
    for (const id of await change.idsOfTenant('decision-rule', tenantId)) {
      await (await change.loadOf(tenantId, decisionRuleAggregate, id)).execute({ type: 'delete', at: this.now() });
    }
  }

  /** In the transaction that takes the plan away: an event accepted after it is sent by none of them. */
  private async disableWhatLacks(plan: Plan, tenantId: string, change: Change): Promise<void> {
    const { profiles } = this;
    for (const id of await change.integrationsWithProfiles(tenantId, profiles.namesThatRequireAPlan())) {
      const integration = await change.loadOf(tenantId, integrationAggregate, id);
      if (integration.state.status === 'absent') continue;
      const { profile, profileVersion } = integration.state.settings;
      if (isInPlan(profiles.ofIntegration(profile, profileVersion), plan)) continue;
      await integration.execute({ type: 'disable', at: this.now(), reason: 'plan', note: null });
    }
  }

  private now(): string {
    return new Date(this.clock.nowMs()).toISOString();
  }
}
