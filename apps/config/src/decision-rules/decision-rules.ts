import { newId } from '@hookstile/contracts';
import { type Clock, ProblemError, parseBody, type RandomBytes, type TenantSecrets } from '@hookstile/service-runtime';
import type { Change, Changes } from '../changes/changes.js';
import { noSuch } from '../changes/no-such.js';
import type { Origin } from '../changes/origin.js';
import { growthOf } from '../changes/tenant-room.js';
import { requireIfMatch } from '../input/if-match.js';
import { type Page, readPage } from '../input/page.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import type { DecisionRule, DecisionRuleCommand, DecisionRuleState } from './decision-rule.decider.js';
import { DecisionRuleDto } from './decision-rule.dto.js';
import { decisionRuleAggregate } from './decision-rule-aggregate.js';
import { patchDecisionRule } from './decision-rule-patch.js';
import { makeRuleSettings } from './decision-rule-settings.js';
import { type DecisionRuleView, decisionRuleDocument, decisionRuleView } from './decision-rule-view.js';

const ID_RANDOM_BYTES = 10;

export interface Caller {
  tenantId: string;
  origin: Origin;
}

function present(state: DecisionRuleState, tenantId: string): DecisionRule {
  if (state.status === 'present' && state.tenantId === tenantId) return state;
  throw noSuch('decision-rule');
}

/** What can be done with decision rules. */
export class DecisionRules {
  constructor(
    private readonly changes: Changes,
    private readonly readModels: ReadModelStore<unknown>,
    private readonly clock: Clock,
    private readonly randomBytes: RandomBytes,
  ) {}

  async create({ tenantId, origin }: Caller, body: unknown): Promise<DecisionRuleView> {
    const input = parseBody(DecisionRuleDto, body);
    const id = newId('rul', this.clock.nowMs(), this.randomBytes(ID_RANDOM_BYTES));
    const state = await this.changes.run(origin, async (change) => {
      await change.holdTenant(tenantId);
      const secrets = await change.secretsOf(tenantId);
      const settings = makeRuleSettings(input, this.settingsContext(id, null, secrets));
      const rule = change.begin(decisionRuleAggregate, id);
      await this.requireFreeName(change, tenantId, id, settings.name);
      const enabled = input.enabled ?? true;
      const state = await rule.execute({ type: 'create', at: this.now(), tenantId, settings, enabled });
      change.requireRoom(tenantId, growthOf(null, settings));
      return state;
    });
    return decisionRuleView(id, present(state, tenantId));
  }

  async get(tenantId: string, id: string): Promise<DecisionRuleView> {
    const row = await this.readModels.get(tenantId, 'decision-rule', id);
    const state = row?.state as DecisionRuleState | undefined;
    return decisionRuleView(id, present(state ?? { status: 'absent', version: 0 }, tenantId));
  }

  async list(tenantId: string, query: unknown): Promise<Page<DecisionRuleView>> {
    const page = await readPage(query, (bounds) => this.readModels.list(tenantId, 'decision-rule', bounds));
    return { ...page, items: page.items.map(({ id, state }) => decisionRuleView(id, state as DecisionRule)) };
  }

  patch(caller: Caller, id: string, ifMatch: string | undefined, body: unknown): Promise<DecisionRuleView> {
    return this.changeOne(caller, id, async (current, change) => {
      requireIfMatch(ifMatch, current.version);
      const input = parseBody(DecisionRuleDto, patchDecisionRule(decisionRuleDocument(current), body));
      const secrets = await change.secretsOf(caller.tenantId);
      const settings = makeRuleSettings(input, this.settingsContext(id, current.settings, secrets));
      if (settings.name !== current.settings.name) {
        await this.requireFreeName(change, caller.tenantId, id, settings.name);
      }
      return [{ type: 'update', at: this.now(), settings }, ...this.switching(input.enabled)];
    });
  }

  enable(caller: Caller, id: string): Promise<DecisionRuleView> {
    return this.changeOne(caller, id, async () => [{ type: 'enable', at: this.now() }]);
  }

  disable(caller: Caller, id: string): Promise<DecisionRuleView> {
    return this.changeOne(caller, id, async () => [{ type: 'disable', at: this.now() }]);
  }

  async delete({ tenantId, origin }: Caller, id: string, ifMatch: string | undefined): Promise<void> {
    await this.changes.run(origin, async (change) => {
      const rule = await this.loadPresent(change, tenantId, id);
      requireIfMatch(ifMatch, present(rule.state, tenantId).version);
      await rule.execute({ type: 'delete', at: this.now() });
    });
  }

  private async changeOne(
    { tenantId, origin }: Caller,
    id: string,
    commandsFor: (current: DecisionRule, change: Change) => Promise<DecisionRuleCommand[]>,
  ): Promise<DecisionRuleView> {
    const state = await this.changes.run(origin, async (change) => {
      const rule = await this.loadPresent(change, tenantId, id);
      const current = present(rule.state, tenantId);
      const changed = await rule.execute(...(await commandsFor(current, change)));
      const { settings } = present(changed, tenantId);
      change.requireRoom(tenantId, growthOf(current.settings, settings));
      return changed;
    });
    return decisionRuleView(id, present(state, tenantId));
  }

  private async loadPresent(change: Change, tenantId: string, id: string) {
    await change.holdTenant(tenantId);
    const rule = await change.loadOf(tenantId, decisionRuleAggregate, id);
    present(rule.state, tenantId);
    return rule;
  }

  /** Rules are asked for by name, so a name is one rule's. Nobody else takes one of the tenant's until this ends. */
  private async requireFreeName(change: Change, tenantId: string, id: string, name: string): Promise<void> {
    const taken = await change.holdName('decision-rule', tenantId, name);
    if (taken === null || taken === id) return;
    throw new ProblemError('conflict', `Another decision rule, ${taken}, has this name.`);
  }

  private switching(enabled: boolean | undefined): DecisionRuleCommand[] {
    if (enabled === undefined) return [];
    return [{ type: enabled ? 'enable' : 'disable', at: this.now() }];
  }

  private settingsContext(ruleId: string, current: DecisionRule['settings'] | null, secrets: TenantSecrets) {
    return { ruleId, current, secrets, nowMs: this.clock.nowMs() };
  }

  private now(): string {
    return new Date(this.clock.nowMs()).toISOString();
  }
}
