import { newId, type Plan } from '@hookstile/contracts';
import { type Clock, parseBody, type RandomBytes, type TenantSecrets } from '@hookstile/service-runtime';
import type { Change, Changes } from '../changes/changes.js';
import type { IntegrationCommand } from '../integrations/integration.decider.js';
import type { IntegrationDto } from '../integrations/integration.dto.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import { type MadeSettings, makeSettings } from '../integrations/integration-settings.js';
import { type Caller, INTEGRATION_ID_RANDOM_BYTES, switching } from '../integrations/integrations.js';
import { present } from '../integrations/present-integration.js';
import { requirePlan } from '../integrations/profile-rules.js';
import type { ProfileCatalog } from '../profiles/profile-catalog.js';
import { type AppliedItem, type AppliedList, appliedItem, appliedList } from './applied-list.js';
import { APPLY_DELETIONS_MAX, APPLY_ITEMS_MAX } from './apply.bounds.js';
import { ApplyDto } from './apply.dto.js';
import { at, forEachItem } from './item-problems.js';
import { matchNames, refuseRepeatedNames } from './listed-names.js';
import { checkSingleEndpoints } from './single-endpoints.js';

/** An integration of the list, locked: the one that has its name, or a new one. */
type Target = Awaited<ReturnType<IntegrationApply['target']>>;

/** Makes a tenant's integrations be those of a list, by name, all or none. */
export class IntegrationApply {
  constructor(
    private readonly changes: Changes,
    private readonly profiles: ProfileCatalog,
    private readonly clock: Clock,
    private readonly randomBytes: RandomBytes,
  ) {}

  async apply(caller: Caller, body: unknown): Promise<AppliedList> {
    const { items, dryRun = false } = parseBody(ApplyDto, body);
    refuseRepeatedNames(items);
    const work = (change: Change) => this.applyAll(caller, items, change);
    // A dry run is the same transaction, taken back: what it answers cannot differ from what would be done.
    const applied = await (dryRun ? this.changes.rehearse(caller.origin, work) : this.changes.run(caller.origin, work));
    return appliedList(applied, dryRun);
  }

  private async applyAll(caller: Caller, items: readonly IntegrationDto[], change: Change): Promise<AppliedItem[]> {
    const { plan } = await change.holdTenantAlone(caller.tenantId);
    const existing = await change.integrationNames(caller.tenantId, APPLY_ITEMS_MAX + APPLY_DELETIONS_MAX + 1);
    const { ids, absent } = matchNames(items, existing);
    const targets: Target[] = [];
    for (const [index, input] of items.entries())
      targets.push(await this.target(caller, change, input, ids[index] ?? null));
    const secrets = await change.secretsOf(caller.tenantId);
    const all = forEachItem(targets, (target) => this.settingsFor(target, secrets));
    checkSingleEndpoints(all.map(({ made: { profile } }) => profile));
    await change.requireRoomForAll(caller.tenantId);
    const deleted: AppliedItem[] = [];
    for (const id of absent) deleted.push(await this.delete(caller, change, id));
    const written: AppliedItem[] = [];
    for (const [index, { item, made }] of all.entries())
      written.push(await this.write(caller, plan, index, item, made));
    return [...written, ...deleted];
  }

  private async target({ tenantId }: Caller, change: Change, input: IntegrationDto, existingId: string | null) {
    const id = existingId ?? newId('int', this.clock.nowMs(), this.randomBytes(INTEGRATION_ID_RANDOM_BYTES));
    const integration = existingId
      ? await change.loadOf(tenantId, integrationAggregate, id)
      : change.begin(integrationAggregate, id);
    return { id, input, integration, before: integration.state };
  }

  private settingsFor({ id, input, before }: Target, secrets: TenantSecrets): MadeSettings {
    const { profiles, randomBytes } = this;
    const current = before.status === 'present' ? before.settings : null;
    return makeSettings(input, {
      integrationId: id,
      current,
      profiles,
      secrets,
      randomBytes,
      nowMs: this.clock.nowMs(),
    });
  }

  private async write(
    caller: Caller,
    plan: Plan,
    index: number,
    { id, input: { enabled }, integration, before }: Target,
    { settings, profile, newSigningSecret }: MadeSettings,
  ): Promise<AppliedItem> {
    const { tenantId } = caller;
    const now = this.now();
    const commands: IntegrationCommand[] =
      before.status === 'present'
        ? [{ type: 'update', at: now, settings }, ...switching(caller, enabled, now)]
        : [{ type: 'create', at: now, tenantId, settings, enabled: enabled ?? true }];
    const state = await at(`/items/${index}/enabled`, () => integration.execute(...commands));
    // What stays as it is needs no plan: a list can be applied again after the tenant has lost one.
    if (state.version > before.version) await at(`/items/${index}/profile`, () => requirePlan(profile, plan));
    return appliedItem(id, before, present(state, tenantId), newSigningSecret);
  }

  private async delete({ tenantId }: Caller, change: Change, id: string): Promise<AppliedItem> {
    const integration = await change.loadOf(tenantId, integrationAggregate, id);
    const before = present(integration.state, tenantId);
    await integration.execute({ type: 'delete', at: this.now() });
    return appliedItem(id, before, { ...before, status: 'deleted' }, null);
  }

  private now(): string {
    return new Date(this.clock.nowMs()).toISOString();
  }
}
