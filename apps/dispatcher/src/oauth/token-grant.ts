import { createHash } from 'node:crypto';
import type { OAuth2 } from '@hookstile/contracts';
import type { TlsOptions } from '../egress/tls-options.js';
import type { OpenSecret } from '../request/auth-header.js';
import { type RequestTarget, requestTargetOf } from '../request/request-target.js';
import { RequestUnbuildableError } from '../request/request-unbuildable.error.js';

/** What a token is asked for by: client credentials, their secret opened. Never logged. */
export interface TokenGrant {
  /** Of the owner and all of the settings: another key, another token. */
  key: string;
  target: RequestTarget;
  clientId: string;
  clientSecret: string;
  scope: string | null;
  audience: string | null;
  tls: TlsOptions | null;
}

/**
 * Prepares the token requests of an integration or rule once a version. Throws `RequestUnbuildableError`.
 * @param owner such as `integration:int_1`: nobody gets a token that another one asked for
 */
export function tokenGrantOf(owner: string, settings: OAuth2, open: OpenSecret, tls: TlsOptions | null): TokenGrant {
  const { tokenUrl, clientId, scope = null, audience = null } = settings;
  const clientSecret = open(settings.clientSecret);
  const text = JSON.stringify([tokenUrl, clientId, clientSecret, scope, audience, tls?.digest ?? null]);
  const key = `${owner} ${createHash('sha256').update(text).digest('base64url')}`;
  return { key, target: tokenTargetOf(tokenUrl), clientId, clientSecret, scope, audience, tls };
}

/** Whether a grant's key is one of the owner's. */
export function isOf(key: string, owner: string): boolean {
  return key.startsWith(`${owner} `);
}

function tokenTargetOf(tokenUrl: string): RequestTarget {
  try {
    return requestTargetOf(tokenUrl);
  } catch (error) {
    if (!(error instanceof RequestUnbuildableError)) throw error;
    throw new RequestUnbuildableError(`Of the token URL: ${error.message}`);
  }
}
