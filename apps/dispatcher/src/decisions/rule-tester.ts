import type { Clock } from '@hookstile/service-runtime';
import type { ParameterValues } from '@hookstile/templates';
import { KEPT_BODY_MAX_BYTES } from '../egress/response.bounds.js';
import type { Caller } from './decision-maker.js';
import type { RuleTestView } from './decision-views.js';
import type { HookAnswer } from './hook-answer.js';
import type { HookCalled, HookCaller } from './hook-caller.js';
import { shownHeadersOf } from './hook-request.js';
import { judgeAnswer } from './judge-answer.js';
import type { KnownRules } from './known-rules.js';
import type { RulePlans } from './rule-plans.js';

export interface RuleTestParts {
  rules: KnownRules;
  plans: RulePlans;
  hooks: HookCaller;
  clock: Clock;
}

/** A dry run: one real request now, also of a disabled rule, past cache and circuit breaker, and recorded nowhere. */
export class RuleTester {
  constructor(private readonly parts: RuleTestParts) {}

  async test({ tenantId, traceparent }: Caller, ruleId: string, values: ParameterValues): Promise<RuleTestView> {
    const { clock, rules, hooks } = this.parts;
    const rule = await rules.byId(tenantId, ruleId);
    const startedMs = clock.monotonicMs();
    const called = await hooks.call({ rule, values, id: hooks.newId(), traceparent, startedMs });
    const { matchedAction, decision, code, reason, httpStatus } = judgeAnswer(rule.settings, called.asked);
    const durationMs = Math.round(clock.monotonicMs() - startedMs);
    const request = called.request && this.shownRequest(called.request, this.parts.plans.of(rule), values);
    return {
      request,
      response: shownResponse(called.asked),
      matchedAction,
      decision,
      code,
      reason,
      httpStatus,
      durationMs,
    };
  }

  private shownRequest(
    { body }: NonNullable<HookCalled['request']>,
    plan: ReturnType<RulePlans['of']>,
    values: ParameterValues,
  ): RuleTestView['request'] {
    return {
      method: plan.settings.method,
      url: plan.target.url,
      headers: Object.fromEntries(shownHeadersOf(plan, values)),
      body: plan.body ? body.subarray(0, KEPT_BODY_MAX_BYTES).toString() : null,
      truncated: body.length > KEPT_BODY_MAX_BYTES,
    };
  }
}

function shownResponse(asked: HookAnswer): RuleTestView['response'] {
  if (asked.kind !== 'answered') return null;
  const { status, headers, body, truncated } = asked.answer;
  return { httpStatus: status, headers: joined(headers), body: body.toString(), truncated };
}

function joined(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of pairs) headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  return Object.fromEntries(headers);
}
