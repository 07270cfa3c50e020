import type { SpanOptions } from '@hookstile/service-runtime';
import { KEPT_BODY_MAX_BYTES } from '../egress/response.bounds.js';
import { type BuiltRequest, buildRequest } from '../request/build-request.js';
import type { RequestPlan } from '../request/request-plan.js';
import type { RequestPlans } from '../request/request-plans.js';
import { RequestUnbuildableError } from '../request/request-unbuildable.error.js';
import type { AttemptInput, AttemptOutcome } from './attempt.types.js';
import { failed, type Verdict } from './attempt-outcome.js';
import { type AttemptRecorder, type AttemptTracing, endAttributesOf, spanAttributesOf } from './attempt-telemetry.js';
import { type SendParts, sendRequest } from './send-request.js';

const NO_BYTES = Buffer.alloc(0);

/** A user name and password in a URL, which is refused, must not reach the event log. */
const CREDENTIALS = /\/\/[^/?#]*@/;

export interface AttemptParts extends SendParts {
  plans: RequestPlans;
  tracing: AttemptTracing;
  recorder: AttemptRecorder;
}

/** From a push to what became of it: build, send, judge. Rejects only on a programmer's error. */
export async function makeAttempt(parts: AttemptParts, input: AttemptInput): Promise<AttemptOutcome> {
  const startedAt = parts.clock.monotonicMs();
  const plan = planOf(parts.plans, input);
  const span = parts.tracing.startSpan(plan.method, spanOptions(parts.tracing, plan, input));
  const built = plan.buildable ? buildSafely(plan.plan, input, span.traceparent) : plan.verdict;
  const verdict = 'plan' in built ? await sendRequest(parts, built, input) : built;
  const durationMs = parts.clock.monotonicMs() - startedAt;
  parts.recorder.record(verdict, durationMs);
  if (verdict.errorDetail !== null) span.fail(verdict.errorDetail);
  span.end(parts.tracing.enabled ? endAttributesOf(verdict) : undefined);
  return {
    outcome: verdict.outcome,
    httpStatus: verdict.httpStatus,
    error: verdict.error,
    errorDetail: verdict.errorDetail,
    retryAfterMs: verdict.retryAfterMs,
    retryable: verdict.retryable,
    durationMs,
    traceId: span.traceId,
    request: recordedRequest('plan' in built ? built : null, input),
    response: recordedResponse(verdict, input),
  };
}

type Planned =
  | { buildable: true; method: string; plan: RequestPlan }
  | { buildable: false; method: string; verdict: Verdict };

function spanOptions({ enabled }: AttemptTracing, planned: Planned, input: AttemptInput): SpanOptions {
  const options = { kind: 'client', parent: input.traceparent } as const;
  if (!enabled || !planned.buildable) return options;
  const { method, plan } = planned;
  return { ...options, attributes: spanAttributesOf(method, plan.target, input.attempt, input.attemptId) };
}

function planOf(plans: RequestPlans, { integration }: AttemptInput): Planned {
  const { method } = integration.settings.request;
  try {
    return { buildable: true, method, plan: plans.of(integration) };
  } catch (error) {
    return { buildable: false, method, verdict: unbuildable(error) };
  }
}

function buildSafely(plan: RequestPlan, input: AttemptInput, traceparent: string): BuiltRequest | Verdict {
  try {
    return buildRequest(plan, input.deliveries, input.startedAtMs, traceparent);
  } catch (error) {
    return unbuildable(error);
  }
}

function unbuildable(error: unknown): Verdict {
  if (error instanceof RequestUnbuildableError) return failed(error.code, error.message, error.retryable);
  throw error;
}

function recordedRequest(built: BuiltRequest | null, { integration }: AttemptInput): AttemptOutcome['request'] {
  const { settings } = integration;
  const withheld = settings.logPayloads === 'none';
  return {
    method: settings.request.method,
    url: built?.plan.target.url ?? settings.url.replace(CREDENTIALS, '//***@'),
    headers: built?.recordedHeaders ?? [],
    body: built && !withheld ? built.body.subarray(0, KEPT_BODY_MAX_BYTES) : NO_BYTES,
    truncated: built !== null && (withheld || built.body.length > KEPT_BODY_MAX_BYTES),
  };
}

function recordedResponse({ response }: Verdict, { integration }: AttemptInput): AttemptOutcome['response'] {
  if (!response || integration.settings.logPayloads === 'full') return response;
  return { headers: response.headers, body: NO_BYTES, truncated: response.body.length > 0 };
}
