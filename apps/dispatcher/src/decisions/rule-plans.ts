import type { DecisionRuleConfiguration, SealedSecret } from '@hookstile/contracts';
import { LRUCache } from 'lru-cache';
import type { SecretOpener } from '../request/request-plans.js';
import { RequestUnbuildableError } from '../request/request-unbuildable.error.js';
import { PLANS_MAX } from './decision.bounds.js';
import { type RulePlan, rulePlanOf, secretOwnerOf } from './rule-plan.js';

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
    const plan = rulePlanOf(rule, this.userAgent, (sealed) => this.#open(rule.id, sealed));
    this.#plans.set(rule.id, plan);
    return plan;
  }

  #open(ruleId: string, sealed: SealedSecret): string {
    try {
      return this.opener.open(sealed, secretOwnerOf(ruleId));
    } catch (cause) {
      const detail = `A secret could not be opened: the key ring has no usable key "${sealed.keyId}".`;
      throw new RequestUnbuildableError(detail, { cause });
    }
  }
}
