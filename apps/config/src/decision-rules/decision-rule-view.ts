import type { DecisionRuleSettings } from '@hookstile/contracts';
import { type MaskedAuth, maskedAuth } from '../request-input/masked-auth.js';
import { type MaskedSecret, masked } from '../request-input/masked-secret.js';
import type { DecisionRule } from './decision-rule.decider.js';

/** What a user gives of a decision rule, with every default spelled out and secrets masked. */
export interface DecisionRuleDocument extends Omit<DecisionRuleSettings, 'headers' | 'auth'> {
  enabled: boolean;
  headers: Record<string, MaskedSecret>;
  auth: MaskedAuth;
}

export interface DecisionRuleView extends DecisionRuleDocument {
  id: string;
  tenantId: string;
  version: number;
  state: 'enabled' | 'disabled';
  createdAt: string;
  updatedAt: string;
}

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
