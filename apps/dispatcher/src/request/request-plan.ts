import {
  type Authentication,
  type IntegrationConfiguration,
  type SealedSecret,
  type Signing,
  secretOwner,
} from '@hookstile/contracts';
import type { TlsOptions } from '../egress/tls-options.js';
import { type TokenGrant, tokenGrantOf } from '../oauth/token-grant.js';
import type { OpenSecret } from './auth-header.js';
import { bodiesOf, contentTypeOf, isAlwaysArray } from './bodies.js';
import type { Bodies } from './delivery-to-send.types.js';
import type { ReadTemplates } from './read-templates.js';
import {
  assertSendable,
  contentTypeIn,
  type HeaderFilling,
  headerFillingOf,
  type RequestHeader,
  requestHeadersOf,
} from './request-headers.js';
import { type RequestTarget, requestTargetOf } from './request-target.js';
import { requestTlsOf } from './request-tls.js';
import { type SigningKey, signingKeyOf } from './standard-webhooks-signature.js';

/** What the event log shows in place of a secret. */
export const MASKED = '***';

/** What signs: the newest key, and during a rotation the one before as well. */
export interface SigningKeys {
  newest: SigningKey;
  /** `untilMs`: Unix milliseconds of the attempt from which on it no longer signs. */
  previous: { key: SigningKey; untilMs: number } | null;
}

function signingKeysOf({ scheme, algorithm, secret, previous }: Signing, open: OpenSecret): SigningKeys | null {
  if (scheme === 'none' || !secret) return null;
  const keyOf = (sealed: SealedSecret) => signingKeyOf(algorithm, open(sealed));
  return {
    newest: keyOf(secret),
    previous: previous ? { key: keyOf(previous.secret), untilMs: Date.parse(previous.until) } : null,
  };
}

/** All of an integration's request that no delivery changes, its secrets opened. Never logged. */
export interface RequestPlan {
  integrationVersion: number;
  method: string;
  target: RequestTarget;
  /** Name and value in turn, as undici takes them. */
  fixedHeaders: readonly string[];
  /** The same headers as they are recorded, secrets masked. */
  recordedHeaders: readonly [string, string][];
  signingKeys: SigningKeys | null;
  /** Null where the integration takes the defaults. */
  tls: TlsOptions | null;
  /** By which each attempt gets the token that it sends; null where it sends none. */
  tokenGrant: TokenGrant | null;
  /** Whether the body is always an array, also of one delivery. */
  array: boolean;
  bodies: Bodies;
  /** What an array is sent as where `array` is false, and a single body as something else; null: as that. */
  arrayContentType: string | null;
  /** Null where no header is a template. */
  fillInHeaders: HeaderFilling | null;
}

function recordedHeadersOf(headers: readonly RequestHeader[], { type }: Authentication): [string, string][] {
  const recorded = headers.map(({ name, value, secret }): [string, string] => [name, secret ? MASKED : value]);
  return type === 'oauth2' ? [...recorded, ['authorization', MASKED]] : recorded;
}

function ourHeaders(contentType: string, userAgent: string): RequestHeader[] {
  return [
    { name: 'content-type', value: contentType, secret: false },
    { name: 'user-agent', value: userAgent, secret: false },
  ];
}

/**
 * Prepares an integration's requests once a version. A header given by the user replaces ours of the same name.
 * Throws `RequestUnbuildableError`, or what `open` throws when the key ring does not hold a secret's key.
 */
export function requestPlanOf(
  integration: IntegrationConfiguration,
  userAgent: string,
  open: OpenSecret,
  templates: ReadTemplates,
): RequestPlan {
  const { request, url } = integration.settings;
  const array = isAlwaysArray(integration.settings);
  const ours = ourHeaders(contentTypeOf(request.body, array), userAgent);
  const headers = requestHeadersOf(integration, ours, open);
  assertSendable(headers, templates);
  const contentType = contentTypeIn(headers.fixed);
  const ofArray = contentTypeOf(request.body, true);
  const tls = requestTlsOf(request.tls, open);
  return {
    integrationVersion: integration.version,
    method: request.method,
    target: requestTargetOf(url),
    fixedHeaders: headers.fixed.flatMap(({ name, value }) => [name, value]),
    recordedHeaders: recordedHeadersOf(headers.fixed, request.auth),
    signingKeys: signingKeysOf(request.sign, open),
    tls,
    tokenGrant:
      request.auth.type === 'oauth2'
        ? tokenGrantOf(secretOwner('integration', integration.id), request.auth, open, tls)
        : null,
    array,
    bodies: bodiesOf(integration, contentType?.value ?? '', templates),
    arrayContentType: contentType?.secret || contentType?.value === ofArray ? null : ofArray,
    fillInHeaders: headerFillingOf(integration, headers.templates, templates),
  };
}
