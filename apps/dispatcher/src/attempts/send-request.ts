import { type ExchangeResult, exchange } from '../egress/exchange.js';
import type { OriginPools } from '../egress/origin-pools.js';
import type { TokenGrant } from '../oauth/token-grant.js';
import type { TokenSource } from '../oauth/token-source.js';
import type { BuiltRequest } from '../request/build-request.js';
import type { AttemptInput } from './attempt.types.js';
import { failed, type Verdict, verdictOf } from './attempt-outcome.js';

const UNAUTHORIZED = 401;

export interface SendParts {
  pools: OriginPools;
  tokens: TokenSource;
  clock: { nowMs(): number; monotonicMs(): number };
}

/** Sends a request within the integration's `timeoutMs`, with a token where it needs one. */
export function sendRequest(parts: SendParts, built: BuiltRequest, input: AttemptInput): Promise<Verdict> {
  const { tokenGrant } = built.plan;
  const { timeoutMs } = input.integration.settings.request;
  if (tokenGrant === null) return exchanged(parts, built, built.headers, input, timeoutMs);
  return sendWithToken(parts, built, tokenGrant, input, timeoutMs);
}

/**
 * A 401 may mean that the token was revoked: the request goes out once more, at once, with a new one. All of it is one
 * attempt with one deadline, and the last answer is its outcome.
 */
async function sendWithToken(
  parts: SendParts,
  built: BuiltRequest,
  grant: TokenGrant,
  input: AttemptInput,
  timeoutMs: number,
): Promise<Verdict> {
  const { tokens, clock } = parts;
  const { signal } = input;
  const endsAtMs = clock.monotonicMs() + timeoutMs;
  const leftMs = () => Math.max(1, Math.ceil(endsAtMs - clock.monotonicMs()));
  const send = async (token: string) => {
    const headers = [...built.headers, 'authorization', `Bearer ${token}`];
    const verdict = await exchanged(parts, built, headers, input, leftMs());
    if (verdict.error !== 'timeout') return verdict;
    return {
      ...verdict,
      errorDetail: `No answer came within ${timeoutMs} ms, of which a token may have taken a part.`,
    };
  };

  const first = await tokens.tokenFor(grant, { timeoutMs, signal });
  if (first.token === null) return failed(first.error, first.detail, true);
  const verdict = await send(first.token);
  if (verdict.httpStatus !== UNAUTHORIZED) return verdict;
  const second = await tokens.tokenFor(grant, { timeoutMs: leftMs(), signal, refused: first.token });
  if (second.token === null) {
    return failed(second.error, `The endpoint answered 401, and there is no new token. ${second.detail}`, true);
  }
  return second.token === first.token ? verdict : send(second.token);
}

async function exchanged(
  { pools, clock }: SendParts,
  { plan, body }: BuiltRequest,
  headers: string[],
  { signal, mayBegin }: AttemptInput,
  timeoutMs: number,
): Promise<Verdict> {
  const { target, method, tls } = plan;
  const result = await exchange(pools.of(target.origin, tls), {
    path: target.path,
    method,
    headers,
    body,
    timeoutMs,
    signal,
    mayBegin,
  });
  return verdictOf(tls?.clientCertificate ? withClientCertificate(result) : result, clock.nowMs());
}

/** Many servers close the connection without a word when they do not accept a client's certificate. */
function withClientCertificate(result: ExchangeResult): ExchangeResult {
  if (result.answer || result.error !== 'reset') return result;
  return { ...result, detail: `${result.detail} It may be that the endpoint does not accept the client certificate.` };
}
