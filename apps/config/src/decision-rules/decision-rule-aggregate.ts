import { defineAggregate } from '../changes/aggregate.js';
import {
  type DecisionRule,
  type DecisionRuleCommand,
  type DecisionRuleDomainEvent,
  type DecisionRuleState,
  decisionRuleDecider,
} from './decision-rule.decider.js';
import { decisionRuleView } from './decision-rule-view.js';

/** What a deleted rule's configuration still says: every service keeps it for ever, so that neither secrets nor what may be large stay in it. */
function configuredSettings({ status, settings }: DecisionRule): DecisionRule['settings'] {
  if (status === 'present') return settings;
  return { ...settings, headers: {}, auth: { type: 'none' }, body: null, responseActions: [] };
}

export const decisionRuleAggregate = defineAggregate<
  DecisionRuleCommand,
  DecisionRuleDomainEvent,
  DecisionRuleState,
  DecisionRule
>({
  name: 'decision_rule',
  kind: 'decision-rule',
  decider: decisionRuleDecider,
  actions: {
    DecisionRuleCreated: 'decision_rule.created',
    DecisionRuleUpdated: 'decision_rule.updated',
    DecisionRuleEnabled: 'decision_rule.enabled',
    DecisionRuleDisabled: 'decision_rule.disabled',
    DecisionRuleDeleted: 'decision_rule.deleted',
  },
  isPresent: (state) => state.status !== 'absent',
  isDeleted: ({ status }) => status === 'deleted',
  tenantIdOf: (_id, { tenantId }) => tenantId,
  nameOf: ({ settings }) => settings.name,
  view: decisionRuleView,
  configuration: (id, rule, at) => ({
    kind: 'decision-rule',
    id,
    version: rule.version,
    deleted: rule.status === 'deleted',
    at,
    tenantId: rule.tenantId,
    state: rule.state,
    settings: configuredSettings(rule),
  }),
});
