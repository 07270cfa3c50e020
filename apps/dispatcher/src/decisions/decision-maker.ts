import type { DecisionRuleConfiguration } from '@hookstile/contracts';
import { type Clock, ProblemError, type SpanHandle, type Tracing, within } from '@hookstile/service-runtime';
import type { DecisionsPublisher } from '../publishes/decisions.publisher.js';
import type { Circuits } from './circuits.js';
import { RECORD_WAIT_MAX_MS, RETRY_AFTER_S } from './decision.bounds.js';
import { cacheKeyOf, type DecisionCache } from './decision-cache.js';
import type { DecisionInput } from './decision-input.js';
import { decisionRecordOf } from './decision-record.js';
import type { DecisionRecorder } from './decision-telemetry.js';
import type { DecisionView } from './decision-views.js';
import type { HookCaller, HookQuestion } from './hook-caller.js';
import { type Judgement, judgeAnswer } from './judge-answer.js';
import type { KnownRules } from './known-rules.js';

export interface DecisionParts {
  rules: KnownRules;
  hooks: HookCaller;
  circuits: Circuits;
  cache: DecisionCache;
  records: DecisionsPublisher;
  recorder: DecisionRecorder;
  tracing: Pick<Tracing, 'enabled' | 'startSpan'>;
  clock: Clock;
}

export interface Caller {
  tenantId: string;
  traceparent: string;
}

interface Judged {
  judgement: Judgement;
  hookMs: number;
  cached: boolean;
}

const TENTHS = 10;

/** Makes decisions: finds the rule, asks its hook, or remembers, judges, and records what fell. */
export class DecisionMaker {
  constructor(private readonly parts: DecisionParts) {}

  /** Rejects with a problem: `not_found`, `rule_disabled`, `invalid`, or `unavailable` beyond the bounds. */
  async decide({ tenantId, traceparent }: Caller, { rule: name, values }: DecisionInput): Promise<DecisionView> {
    const { clock, rules, records, hooks } = this.parts;
    const startedMs = clock.monotonicMs();
    if (records.isFull) throw tooManyToRecord();
    const rule = await rules.byIdOrName(tenantId, name);
    if (rule.state === 'disabled')
      throw new ProblemError('rule_disabled', `the rule ${rule.settings.name} is disabled`);
    const id = hooks.newId();
    const span = this.span(traceparent, rule, id);
    try {
      // The rule's time is its hook's: what Kafka took to say which settings hold is not counted against it.
      const question = { rule, values, id, traceparent: span.traceparent, startedMs: clock.monotonicMs() };
      const view = await this.decideUnder(question, startedMs);
      span.end({ 'hookstile.decision': view.decision, 'hookstile.decision.code': view.code });
      return view;
    } catch (error) {
      span.fail(error);
      span.end();
      throw error;
    }
  }

  private async decideUnder(question: HookQuestion, startedMs: number): Promise<DecisionView> {
    const { clock, recorder } = this.parts;
    const { rule, values, id, traceparent } = question;
    const { judgement, hookMs, cached } = await this.judge(question);
    const durationMs = Math.round((clock.monotonicMs() - startedMs) * TENTHS) / TENTHS;
    const atMs = clock.nowMs();
    const record = decisionRecordOf({ id, atMs, rule, values, judgement, durationMs, cached, traceparent });
    await this.record(record);
    recorder.ended({ record, hookMs, totalMs: clock.monotonicMs() - startedMs });
    const { decision, code, reason, httpStatus } = record;
    return { id, decision, code, reason, rule: rule.id, ruleName: rule.settings.name, httpStatus, durationMs, cached };
  }

  private async judge(question: HookQuestion): Promise<Judged> {
    const { cache, hooks, circuits } = this.parts;
    const { rule, values } = question;
    const { cacheSeconds } = rule.settings;
    const key = cacheSeconds > 0 ? cacheKeyOf(rule, values) : null;
    const known = key === null ? null : cache.get(key);
    if (known) return { judgement: known, hookMs: 0, cached: true };
    const { asked, hookMs } = await hooks.call(question, (ask) => circuits.guard(rule, ask));
    const judgement = judgeAnswer(rule.settings, asked);
    if (key !== null) cache.put(key, judgement, cacheSeconds);
    return { judgement, hookMs, cached: false };
  }

  /** Waits for the acknowledgement; where it is late, the decision is given and the record stays queued. */
  private async record(record: ReturnType<typeof decisionRecordOf>): Promise<void> {
    const late = new Error('late');
    const written = this.parts.records.record(record);
    try {
      await within(written, RECORD_WAIT_MAX_MS, () => late);
    } catch (error) {
      if (error !== late) throw tooManyToRecord();
      // What becomes of it is logged where it is written.
      written.catch(() => undefined);
    }
  }

  private span(parent: string, rule: DecisionRuleConfiguration, id: string): SpanHandle {
    const { tracing } = this.parts;
    const attributes = {
      'hookstile.tenant.id': rule.tenantId,
      'hookstile.rule.id': rule.id,
      'hookstile.decision.id': id,
    };
    return tracing.startSpan('decision', { kind: 'internal', parent, ...(tracing.enabled ? { attributes } : {}) });
  }
}

function tooManyToRecord(): ProblemError {
  const detail = 'decisions cannot be recorded at present';
  return new ProblemError('unavailable', detail, { retryAfterSeconds: RETRY_AFTER_S });
}
