import type { AttemptError } from '@hookstile/contracts';
import { type ExchangeResult, exchange } from '../egress/exchange.js';
import type { RequestTarget } from '../request/request-target.js';
import { RETRY_DELAY_MS } from './decision.bounds.js';
import type { HookAnswer } from './hook-answer.js';
import type { HookPools } from './hook-pools.js';
import type { HookRequest } from './hook-request.js';

export interface HookAsker {
  pools: HookPools;
  monotonicMs: () => number;
  sleep: (ms: number) => Promise<unknown>;
}

export interface HookCall {
  ruleId: string;
  method: string;
  target: RequestTarget;
  request: HookRequest;
  /** Monotonic milliseconds. */
  deadlineMs: number;
  /** For the reason of a timeout. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** What breaks a connection before an answer; the hook may be well, as behind a connection that it had closed idle. */
const WORTH_ANOTHER_TRY: ReadonlySet<AttemptError> = new Set(['connect', 'reset']);

function late(timeoutMs: number): HookAnswer {
  return { kind: 'failed', error: 'timeout', detail: `The webhook did not answer within ${timeoutMs} ms.` };
}

async function askOnce({ pools, monotonicMs }: HookAsker, call: HookCall): Promise<ExchangeResult> {
  const { target, method, request, deadlineMs, signal } = call;
  return exchange(pools.of(call.ruleId, target.origin), {
    path: target.path,
    method,
    headers: request.headers,
    body: request.body,
    timeoutMs: Math.max(1, Math.ceil(deadlineMs - monotonicMs())),
    awaitsBody: true,
    signal,
    mayBegin: () => true,
  });
}

/** Asks a rule's hook, twice at most, within its deadline. Never rejects. */
export async function askHook(asker: HookAsker, call: HookCall): Promise<HookAnswer> {
  const { monotonicMs, sleep } = asker;
  if (monotonicMs() >= call.deadlineMs) return late(call.timeoutMs);
  let result = await askOnce(asker, call);
  if (!result.answer && WORTH_ANOTHER_TRY.has(result.error) && monotonicMs() + RETRY_DELAY_MS < call.deadlineMs) {
    await sleep(RETRY_DELAY_MS);
    result = await askOnce(asker, call);
  }
  if (!result.answer) {
    return result.error === 'timeout'
      ? late(call.timeoutMs)
      : { kind: 'failed', error: result.error, detail: result.detail };
  }
  const cutByDeadline = result.answer.truncated && monotonicMs() >= call.deadlineMs;
  return cutByDeadline ? late(call.timeoutMs) : { kind: 'answered', answer: result.answer };
}
