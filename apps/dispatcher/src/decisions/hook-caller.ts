import { type DecisionRuleConfiguration, newId } from '@hookstile/contracts';
import { type Clock, ProblemError, type RandomBytes, type SpanHandle, type Tracing } from '@hookstile/service-runtime';
import { FilledInTooLongError, type ParameterValues } from '@hookstile/templates';
import { RequestUnbuildableError } from '../request/request-unbuildable.error.js';
import { askHook, type HookAsker } from './ask-hook.js';
import { contextTooLong } from './decision-input.js';
import type { HookAnswer } from './hook-answer.js';
import { type HookRequest, hookRequestOf } from './hook-request.js';
import type { HookTurns } from './hook-turns.js';
import type { RulePlan } from './rule-plan.js';
import type { RulePlans } from './rule-plans.js';

export interface HookCallerParts {
  plans: RulePlans;
  turns: HookTurns;
  asker: HookAsker;
  tracing: Pick<Tracing, 'enabled' | 'startSpan'>;
  clock: Clock;
  randomBytes: RandomBytes;
  /** Ends what is in flight. */
  signal: AbortSignal;
}

export interface HookQuestion {
  rule: DecisionRuleConfiguration;
  values: ParameterValues;
  /** Of the decision; the hook gets it as `webhook-id`. */
  id: string;
  traceparent: string;
  /** Monotonic milliseconds; the rule's `timeoutMs` runs from then. */
  startedMs: number;
}

export interface HookCalled {
  asked: HookAnswer;
  /** The hook's own time. */
  hookMs: number;
  /** Null where none could be built. */
  request: HookRequest | null;
}

const ID_RANDOM_BYTES = 10;

/** Asks the hook of a rule for one context: builds, waits for its turn, sends. */
export class HookCaller {
  constructor(private readonly parts: HookCallerParts) {}

  newId(): string {
    const { clock, randomBytes } = this.parts;
    return newId('dec', clock.nowMs(), randomBytes(ID_RANDOM_BYTES));
  }

  /**
   * Rejects with `unavailable` beyond the bounds and while the service stops, with `invalid` where the context makes
   * the request too large. @param guard what stands between the request and the hook, such as a circuit breaker
   */
  async call(
    question: HookQuestion,
    guard: (ask: () => Promise<HookAnswer>) => Promise<HookAnswer> = (ask) => ask(),
  ): Promise<HookCalled> {
    const built = this.build(question);
    if (!('plan' in built)) return { asked: built, hookMs: 0, request: null };
    let hookMs = 0;
    const { monotonicMs } = this.parts.clock;
    const asked = await this.parts.turns.during(question.rule, () =>
      guard(async () => {
        const startedMs = monotonicMs();
        const answer = await this.ask(question, built.plan, built.request);
        hookMs = monotonicMs() - startedMs;
        return answer;
      }),
    );
    if (asked.kind === 'failed' && asked.error === 'aborted') throw stopping();
    return { asked, hookMs, request: built.request };
  }

  private build({ rule, values, id }: HookQuestion): { plan: RulePlan; request: HookRequest } | HookAnswer {
    try {
      const plan = this.parts.plans.of(rule);
      const { headers, body } = hookRequestOf(plan, values);
      return { plan, request: { headers: [...headers, 'webhook-id', id], body } };
    } catch (error) {
      if (error instanceof FilledInTooLongError) throw contextTooLong(error.message);
      if (!(error instanceof RequestUnbuildableError)) throw error;
      return { kind: 'failed', error: error.code, detail: error.message };
    }
  }

  private async ask(question: HookQuestion, plan: RulePlan, request: HookRequest): Promise<HookAnswer> {
    const { rule, startedMs, traceparent } = question;
    const { method, timeoutMs } = rule.settings;
    const span = this.span(method, traceparent, plan);
    const answer = await askHook(this.parts.asker, {
      ruleId: rule.id,
      method,
      target: plan.target,
      tokenGrant: plan.tokenGrant,
      request: { ...request, headers: [...request.headers, 'traceparent', span.traceparent] },
      deadlineMs: startedMs + timeoutMs,
      timeoutMs,
      signal: this.parts.signal,
    });
    endSpan(span, answer);
    return answer;
  }

  private span(method: string, parent: string, { target }: RulePlan): SpanHandle {
    const { tracing } = this.parts;
    const attributes = {
      'http.request.method': method,
      'server.address': target.host,
      'server.port': target.port,
      'url.full': target.url,
    };
    return tracing.startSpan(method, { kind: 'client', parent, ...(tracing.enabled ? { attributes } : {}) });
  }
}

function endSpan(span: SpanHandle, answer: HookAnswer): void {
  if (answer.kind === 'answered') span.end({ 'http.response.status_code': answer.answer.status });
  else {
    const error = answer.kind === 'failed' ? answer.error : answer.kind;
    span.fail(answer.kind === 'failed' ? answer.detail : error);
    span.end({ 'error.type': error });
  }
}

function stopping(): ProblemError {
  return new ProblemError('unavailable', 'this process is stopping');
}
