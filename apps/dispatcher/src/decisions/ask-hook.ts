import type { AttemptError } from '@hookstile/contracts';
import { type ExchangeResult, exchange } from '../egress/exchange.js';
import type { HookPools } from '../egress/hook-pools.js';
import type { TokenGrant } from '../oauth/token-grant.js';
import type { TokenSource } from '../oauth/token-source.js';
import type { RequestTarget } from '../request/request-target.js';
import { RETRY_DELAY_MS } from './decision.bounds.js';
import type { HookAnswer } from './hook-answer.js';
import type { HookRequest } from './hook-request.js';

export interface HookAsker {
  pools: HookPools;
  tokens: TokenSource;
  monotonicMs: () => number;
  sleep: (ms: number) => Promise<unknown>;
}

export interface HookCall {
  ruleId: string;
  method: string;
  target: RequestTarget;
  request: HookRequest;
  tokenGrant: TokenGrant | null;
  /** Monotonic milliseconds. */
  deadlineMs: number;
  /** For the reason of a timeout. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** What breaks a connection before an answer; the hook may be well, as behind a connection that it had closed idle. */
const WORTH_ANOTHER_TRY: ReadonlySet<AttemptError> = new Set(['connect', 'reset']);

const UNAUTHORIZED = 401;

/** Node's timers count whole milliseconds: the deadline's may run by so much too early. */
const TIMER_EARLY_MAX_MS = 1;

/** Asks a rule's hook within its deadline. Never rejects. */
export async function askHook(asker: HookAsker, call: HookCall): Promise<HookAnswer> {
  const answer = call.tokenGrant ? await askWithToken(asker, call, call.tokenGrant) : await ask(asker, call, []);
  // Whatever failed or broke off at the deadline: it was too short.
  return isWhole(answer) || leftMs(asker, call) >= TIMER_EARLY_MAX_MS ? answer : late(call);
}

/** A 401 may mean that the token was revoked: the hook is asked once more, at once, with a new one. */
async function askWithToken(asker: HookAsker, call: HookCall, grant: TokenGrant): Promise<HookAnswer> {
  const { signal } = call;
  const tokenFor = (refused?: string) =>
    asker.tokens.tokenFor(grant, { timeoutMs: patienceMs(asker, call), signal, ...(refused ? { refused } : {}) });
  const askBy = (token: string) => ask(asker, call, ['authorization', `Bearer ${token}`]);
  const first = await tokenFor();
  if (first.token === null) return { kind: 'failed', error: first.error, detail: first.detail };
  const answer = await askBy(first.token);
  if (answer.kind !== 'answered' || answer.answer.status !== UNAUTHORIZED) return answer;
  const second = await tokenFor(first.token);
  if (second.token === first.token) return answer;
  if (second.token !== null) return askBy(second.token);
  return { kind: 'failed', error: second.error, detail: `The webhook answered 401. ${second.detail}` };
}

/** Twice at most. */
async function ask(asker: HookAsker, call: HookCall, headers: readonly string[]): Promise<HookAnswer> {
  const first = await askOnce(asker, call, headers);
  if (first.answer || !WORTH_ANOTHER_TRY.has(first.error) || leftMs(asker, call) <= RETRY_DELAY_MS) {
    return hookAnswerOf(first, call);
  }
  await asker.sleep(RETRY_DELAY_MS);
  return hookAnswerOf(await askOnce(asker, call, headers), call);
}

async function askOnce(asker: HookAsker, call: HookCall, headers: readonly string[]): Promise<ExchangeResult> {
  const { target, method, request, signal } = call;
  return exchange(asker.pools.of(call.ruleId, target.origin), {
    path: target.path,
    method,
    headers: [...request.headers, ...headers],
    body: request.body,
    timeoutMs: patienceMs(asker, call),
    awaitsBody: true,
    signal,
    mayBegin: () => true,
  });
}

function leftMs({ monotonicMs }: HookAsker, { deadlineMs }: HookCall): number {
  return deadlineMs - monotonicMs();
}

/** Timers take whole milliseconds. */
function patienceMs(asker: HookAsker, call: HookCall): number {
  return Math.max(1, Math.ceil(leftMs(asker, call)));
}

function isWhole(answer: HookAnswer): boolean {
  return answer.kind === 'answered' && !answer.answer.truncated;
}

function hookAnswerOf(result: ExchangeResult, call: HookCall): HookAnswer {
  if (result.answer) return { kind: 'answered', answer: result.answer };
  return result.error === 'timeout' ? late(call) : { kind: 'failed', error: result.error, detail: result.detail };
}

function late({ timeoutMs, tokenGrant }: HookCall): HookAnswer {
  const share = tokenGrant ? ', of which a token may have taken a part' : '';
  return { kind: 'failed', error: 'timeout', detail: `The webhook did not answer within ${timeoutMs} ms${share}.` };
}
