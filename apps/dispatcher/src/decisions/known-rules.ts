import type { DecisionRuleConfiguration } from '@hookstile/contracts';
import { type ConfigurationProjection, ProblemError } from '@hookstile/service-runtime';
import { caughtUpWithin } from '../consumes/newest-configuration.js';
import { BARRIER_WAIT_MAX_MS, RETRY_AFTER_S } from './decision.bounds.js';

type Rules = Pick<ConfigurationProjection, 'decisionRule' | 'decisionRulesOf' | 'catchUp' | 'checkHealth'>;

/** Finds rules as they are at least since the call: what was acknowledged before it is seen, while Kafka answers. */
export class KnownRules {
  constructor(private readonly projection: Rules) {}

  /** @param name of the rule, or its id. Rejects with `not_found`, or `unavailable` where it cannot be known. */
  async byIdOrName(tenantId: string, name: string): Promise<DecisionRuleConfiguration> {
    const caughtUp = await this.catchUp();
    const named = (rule: DecisionRuleConfiguration) => rule.settings.name === name;
    return found(caughtUp, this.known(tenantId, name) ?? this.projection.decisionRulesOf(tenantId).find(named));
  }

  async byId(tenantId: string, id: string): Promise<DecisionRuleConfiguration> {
    return found(await this.catchUp(), this.known(tenantId, id));
  }

  /** Another tenant's rule does not exist here. */
  private known(tenantId: string, id: string): DecisionRuleConfiguration | undefined {
    const rule = this.projection.decisionRule(id);
    return rule && !rule.deleted && rule.tenantId === tenantId ? rule : undefined;
  }

  /** Whether all is seen; without Kafka, decisions go on with what is known. */
  private catchUp(): Promise<boolean> {
    return caughtUpWithin(this.projection, BARRIER_WAIT_MAX_MS);
  }
}

function found(caughtUp: boolean, rule: DecisionRuleConfiguration | undefined): DecisionRuleConfiguration {
  if (rule) return rule;
  if (caughtUp) throw new ProblemError('not_found', 'no such decision rule');
  const options = { retryAfterSeconds: RETRY_AFTER_S };
  throw new ProblemError('unavailable', 'whether there is such a rule cannot be known at present', options);
}
