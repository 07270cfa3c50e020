import {
  allowInsecureRequests,
  ClientSecretBasic,
  clientCredentialsGrantRequest,
  customFetch,
  processClientCredentialsResponse,
} from 'oauth4webapi';
import { type ExchangeAnswer, exchange } from '../egress/exchange.js';
import type { OriginPools } from '../egress/origin-pools.js';
import {
  TOKEN_LIFETIME_DEFAULT_MS,
  TOKEN_LIFETIME_MAX_MS,
  TOKEN_MAX_CHARACTERS,
  TOKEN_REQUEST_TIMEOUT_MS,
} from './token.bounds.js';
import type { TokenGrant } from './token-grant.js';
import { refusalDetail } from './token-refusal.js';
import { TokenRequestError } from './token-request.error.js';

const SECOND_MS = 1_000;

/** RFC 6750, section 2.1. */
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

export interface IssuedToken {
  token: string;
  lifetimeMs: number;
}

/**
 * Asks for one token (RFC 6749, section 4.4; the client is authenticated by HTTP Basic), behind the egress guard and by
 * the integration's TLS options. Rejects with `TokenRequestError` alone.
 */
export async function requestToken(pools: OriginPools, grant: TokenGrant, userAgent: string): Promise<IssuedToken> {
  const { target, clientId, clientSecret, scope, audience } = grant;
  const server = { issuer: target.url, token_endpoint: target.url };
  const client = { client_id: clientId };
  const parameters = { ...(scope === null ? {} : { scope }), ...(audience === null ? {} : { audience }) };
  try {
    const response = await clientCredentialsGrantRequest(server, client, ClientSecretBasic(clientSecret), parameters, {
      // Plain HTTP is for the egress policy to allow, as it is for webhooks.
      [allowInsecureRequests]: true,
      [customFetch]: (_url, { headers, body }) => ask(pools, grant, { ...headers, 'user-agent': userAgent }, body),
    });
    return issuedTokenOf(await processClientCredentialsResponse(server, client, response));
  } catch (error) {
    if (error instanceof TokenRequestError) throw error;
    // Of the library's error the message alone: its cause is the answer, which may hold a token.
    const reason = error instanceof Error ? error.message : 'it cannot be read';
    throw new TokenRequestError('invalid', `The token endpoint's answer is no OAuth2 token: ${reason}.`);
  }
}

async function ask(
  pools: OriginPools,
  grant: TokenGrant,
  headers: Record<string, string>,
  body: URLSearchParams,
): Promise<Response> {
  const result = await exchange(pools.of(grant.target.origin, grant.tls), {
    path: grant.target.path,
    method: 'POST',
    headers: Object.entries(headers).flat(),
    body: Buffer.from(body.toString()),
    timeoutMs: TOKEN_REQUEST_TIMEOUT_MS,
    awaitsBody: true,
    // Several attempts may wait for it: it ends with none of them.
    signal: new AbortController().signal,
    mayBegin: () => true,
  });
  if (result.answer === null) {
    throw new TokenRequestError('unreachable', `The token endpoint could not be asked. ${result.detail}`);
  }
  if (result.answer.status !== 200) throw new TokenRequestError('refused', refusalDetail(result.answer, grant));
  return responseOf(result.answer);
}

function responseOf({ headers, body, truncated }: ExchangeAnswer): Response {
  if (truncated) throw new TokenRequestError('invalid', "The token endpoint's answer is too long, or did not end.");
  return new Response(body, { status: 200, headers });
}

function issuedTokenOf(answer: { access_token: string; token_type: string; expires_in?: number }): IssuedToken {
  const { access_token: token, token_type: type, expires_in: expiresIn } = answer;
  if (type !== 'bearer') throw new TokenRequestError('invalid', 'The token endpoint issues no bearer tokens.');
  if (token.length > TOKEN_MAX_CHARACTERS || !BEARER_TOKEN.test(token)) {
    throw new TokenRequestError('invalid', "The token endpoint's token does not fit into a header.");
  }
  const lifetimeMs = expiresIn === undefined ? TOKEN_LIFETIME_DEFAULT_MS : expiresIn * SECOND_MS;
  return { token, lifetimeMs: Math.min(lifetimeMs, TOKEN_LIFETIME_MAX_MS) };
}
