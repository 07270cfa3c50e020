import type { Decision, DecisionRuleConfiguration } from '@hookstile/contracts';
import { headerText, type ParameterValues } from '@hookstile/templates';
import type { Judgement } from './judge-answer.js';

/** Of a value of the context. */
const RECORDED_VALUE_MAX_CHARACTERS = 1_024;

export interface MadeDecision {
  id: string;
  atMs: number;
  rule: DecisionRuleConfiguration;
  values: ParameterValues;
  judgement: Judgement;
  durationMs: number;
  cached: boolean;
  traceparent: string;
}

/** Databases take neither zero characters nor halves of surrogate pairs. */
function recordable(text: string): string {
  return headerText(text).toWellFormed();
}

function contextValueOf(values: ParameterValues, name: string): string | null {
  const value = values.get(name);
  return value === undefined ? null : recordable(value.slice(0, RECORDED_VALUE_MAX_CHARACTERS));
}

/** What is recorded of a decision: who, of the context, and nothing else of it. */
export function decisionRecordOf(made: MadeDecision): Decision {
  const { id, atMs, rule, values, judgement, durationMs, cached, traceparent } = made;
  const { decision, code, reason, httpStatus } = judgement;
  return {
    id,
    at: new Date(atMs).toISOString(),
    tenantId: rule.tenantId,
    ruleId: rule.id,
    ruleName: rule.settings.name,
    ruleVersion: rule.version,
    decision,
    code,
    reason: recordable(reason),
    httpStatus,
    durationMs,
    cached,
    username: contextValueOf(values, 'username'),
    remoteIp: contextValueOf(values, 'remote_ip'),
    deviceId: contextValueOf(values, 'device_id'),
    traceparent,
  };
}
