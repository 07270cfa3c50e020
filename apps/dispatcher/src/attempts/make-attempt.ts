import { traceIdOf } from '@hookstile/contracts';
import { type ExchangeResult, exchange } from '../egress/exchange.js';
import { KEPT_BODY_MAX_BYTES } from '../egress/kept-body.js';
import type { OriginPools } from '../egress/origin-pools.js';
import { type BuiltRequest, buildRequest } from '../request/build-request.js';
import type { RequestPlan } from '../request/request-plan.js';
import type { RequestPlans } from '../request/request-plans.js';
import { RequestUnbuildableError } from '../request/request-unbuildable.error.js';
import type { AttemptInput, AttemptOutcome } from './attempt.types.js';
import { failed, type Verdict, verdictOf } from './attempt-outcome.js';
import { type AttemptRecorder, type AttemptTracing, endAttributesOf, spanAttributesOf } from './attempt-telemetry.js';

const NO_BYTES = Buffer.alloc(0);

/** A user name and password in a URL, which is refused, must not reach the event log. */
const CREDENTIALS = /\/\/[^/?#]*@/;

export interface AttemptParts {
  plans: RequestPlans;
  pools: OriginPools;
  tracing: AttemptTracing;
  recorder: AttemptRecorder;
  clock: { nowMs(): number; monotonicMs(): number };
}

/** From a push to what became of it: build, send, judge. Rejects only on a programmer's error. */
export async function makeAttempt(parts: AttemptParts, input: AttemptInput): Promise<AttemptOutcome> {
  const startedAt = parts.clock.monotonicMs();
  const plan = planOf(parts.plans, input);
  const span = parts.tracing.startSpan(plan.method, {
    kind: 'client',
    parent: input.traceparent,
    ...(parts.tracing.enabled && plan.buildable
      ? { attributes: spanAttributesOf(plan.method, plan.plan.target, input.attempt, input.attemptId) }
      : {}),
  });
  const built = plan.buildable ? buildSafely(plan.plan, input, span.traceparent) : plan.verdict;
  const verdict = 'plan' in built ? await send(parts, built, input) : built;
  const durationMs = parts.clock.monotonicMs() - startedAt;
  parts.recorder.record(verdict, durationMs);
  if (verdict.errorDetail !== null) span.fail(verdict.errorDetail);
  span.end(parts.tracing.enabled ? endAttributesOf(verdict) : undefined);
  return {
    ...verdict,
    response: recordedResponse(verdict, input),
    request: recordedRequest('plan' in built ? built : null, input),
    durationMs,
    traceId: traceIdOf(span.traceparent),
  };
}

type Planned =
  | { buildable: true; method: string; plan: RequestPlan }
  | { buildable: false; method: string; verdict: Verdict };

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

async function send({ pools, clock }: AttemptParts, built: BuiltRequest, input: AttemptInput): Promise<Verdict> {
  const { target, method, tls } = built.plan;
  const result = await exchange(pools.of(target.origin, tls), {
    path: target.path,
    method,
    headers: built.headers,
    body: built.body,
    timeoutMs: input.integration.settings.request.timeoutMs,
    signal: input.signal,
    mayBegin: input.mayBegin,
  });
  return verdictOf(tls?.clientCertificate ? withClientCertificate(result) : result, clock.nowMs());
}

/** Many servers close the connection without a word when they do not accept a client's certificate. */
function withClientCertificate(result: ExchangeResult): ExchangeResult {
  if (result.answer || result.error !== 'reset') return result;
  return { ...result, detail: `${result.detail} It may be that the endpoint does not accept the client certificate.` };
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
