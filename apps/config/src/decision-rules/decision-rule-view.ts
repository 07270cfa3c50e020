import { DecisionRuleSettings } from '@hookstile/contracts';
import { Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { MaskedAuth, maskedAuth } from '../request-input/masked-auth.js';
import { MaskedSecret, masked } from '../request-input/masked-secret.js';
import type { DecisionRule } from './decision-rule.decider.js';

const document = {
  ...DecisionRuleSettings.properties,
  enabled: Type.Boolean(),
  headers: Type.Record(Type.String(), MaskedSecret),
  auth: MaskedAuth,
};

/** What a user gives of a decision rule, with every default spelled out and secrets masked. */
const DecisionRuleDocument = Type.Object(document);
export type DecisionRuleDocument = Static<typeof DecisionRuleDocument>;

export const DecisionRuleView = Type.Object({
  id: Type.String(),
  tenantId: Type.String(),
  ...document,
  version: Type.Integer({ minimum: 1 }),
  state: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
  createdAt: Time,
  updatedAt: Time,
});
export type DecisionRuleView = Static<typeof DecisionRuleView>;

export function decisionRuleDocument({ settings, state }: DecisionRule): DecisionRuleDocument {
  const headers = Object.entries(settings.headers).map(([name, value]) => [name, masked(value)]);
  return {
    name: settings.name,
    enabled: state === 'enabled',
    method: settings.method,
    url: settings.url,
    headers: Object.fromEntries(headers),
    auth: maskedAuth(settings.auth),
    body: settings.body,
    verification: settings.verification,
    match: settings.match,
    responseActions: settings.responseActions,
    onError: settings.onError,
    timeoutMs: settings.timeoutMs,
    cacheSeconds: settings.cacheSeconds,
  };
}

export function decisionRuleView(id: string, rule: DecisionRule): DecisionRuleView {
  return {
    id,
    tenantId: rule.tenantId,
    ...decisionRuleDocument(rule),
    version: rule.version,
    state: rule.state,
    createdAt: rule.createdAt,
    updatedAt: rule.updatedAt,
  };
}
