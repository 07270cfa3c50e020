import type { KeyObject } from 'node:crypto';
import type { Authentication, IntegrationConfiguration } from '@hookstile/contracts';
import type { TlsOptions } from '../egress/tls-options.js';
import { type TokenGrant, tokenGrantOf } from '../oauth/token-grant.js';
import { authHeaderOf, type OpenSecret } from './auth-header.js';
import { assertSendableHeader } from './header-rules.js';
import { type RequestTarget, requestTargetOf } from './request-target.js';
import { requestTlsOf } from './request-tls.js';
import { signingKeyOf } from './standard-webhooks-signature.js';

/** What the event log shows in place of a secret. */
export const MASKED = '***';

/** All of an integration's request that no delivery changes, its secrets opened. Never logged. */
export interface RequestPlan {
  integrationVersion: number;
  method: string;
  target: RequestTarget;
  /** Name and value in turn, as undici takes them. */
  fixedHeaders: readonly string[];
  /** The same headers as they are recorded, secrets masked. */
  recordedHeaders: readonly (readonly [string, string])[];
  signingKey: KeyObject | null;
  /** Null where the integration takes the defaults. */
  tls: TlsOptions | null;
  /** By which each attempt gets the token that it sends; null where it sends none. */
  tokenGrant: TokenGrant | null;
  /** Whether the body is always an array, also of one delivery. */
  array: boolean;
}

interface FixedHeader {
  name: string;
  value: string;
  secret: boolean;
}

function fixedHeadersOf({ settings }: IntegrationConfiguration, userAgent: string, open: OpenSecret): FixedHeader[] {
  const byName = new Map<string, FixedHeader>();
  const put = (header: FixedHeader) => byName.set(header.name.toLowerCase(), header);
  put({ name: 'content-type', value: 'application/json', secret: false });
  put({ name: 'user-agent', value: userAgent, secret: false });
  for (const [name, sealed] of Object.entries(settings.request.headers)) {
    put({ name, value: open(sealed), secret: true });
  }
  const auth = authHeaderOf(settings.request.auth, open);
  if (auth) put({ name: auth[0], value: auth[1], secret: true });
  // Each attempt adds the token's.
  if (settings.request.auth.type === 'oauth2') byName.delete('authorization');
  return [...byName.values()];
}

function recordedHeadersOf(headers: readonly FixedHeader[], { type }: Authentication): [string, string][] {
  const recorded = headers.map(({ name, value, secret }): [string, string] => [name, secret ? MASKED : value]);
  return type === 'oauth2' ? [...recorded, ['authorization', MASKED]] : recorded;
}

/**
 * Prepares an integration's requests once a version. A header given by the user replaces ours of the same name.
 * Throws `RequestUnbuildableError`, or what `open` throws when the key ring does not hold a secret's key.
 */
export function requestPlanOf(integration: IntegrationConfiguration, userAgent: string, open: OpenSecret): RequestPlan {
  const { request, url } = integration.settings;
  const headers = fixedHeadersOf(integration, userAgent, open);
  for (const { name, value } of headers) assertSendableHeader(name, value);
  const { scheme, secret } = request.sign;
  const tls = requestTlsOf(request.tls, open);
  return {
    integrationVersion: integration.version,
    method: request.method,
    target: requestTargetOf(url),
    fixedHeaders: headers.flatMap(({ name, value }) => [name, value]),
    recordedHeaders: recordedHeadersOf(headers, request.auth),
    signingKey: scheme === 'standard-webhooks' && secret ? signingKeyOf(request.sign.algorithm, open(secret)) : null,
    tls,
    tokenGrant:
      request.auth.type === 'oauth2' ? tokenGrantOf(`integration:${integration.id}`, request.auth, open, tls) : null,
    array: integration.settings.batch.maxItems > 1,
  };
}
