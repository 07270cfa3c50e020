import { type DecisionRuleConfiguration, type SealedSecret, secretOwner } from '@hookstile/contracts';
import { LRUCache } from 'lru-cache';
import type { SecretOpener } from '../request/tenant-secret-opener.js';
import { PLANS_MAX } from './decision.bounds.js';
import { type RulePlan, rulePlanOf } from './rule-plan.js';

/** Keeps the plans of the rules in use, so that secrets are opened once a version and not once a decision. */
export class RulePlans {
  readonly #plans = new LRUCache<string, RulePlan>({ max: PLANS_MAX });

  constructor(
    private readonly opener: SecretOpener,
    private readonly userAgent: string,
  ) {}

  /** Throws `RequestUnbuildableError`. */
  of(rule: DecisionRuleConfiguration): RulePlan {
    const known = this.#plans.get(rule.id);
    if (known?.version === rule.version) return known;
    const owner = secretOwner('decision-rule', rule.id);
    const open = (sealed: SealedSecret) => this.opener.open(sealed, owner, rule.tenantId);
    const plan = rulePlanOf(rule, this.userAgent, open);
    this.#plans.set(rule.id, plan);
    return plan;
  }

  /** Of a rule that was deleted: what was opened for it goes. */
  forget(ruleId: string): void {
    this.#plans.delete(ruleId);
  }
}
