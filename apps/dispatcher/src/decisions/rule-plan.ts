import { type DecisionRuleConfiguration, type DecisionRuleSettings, secretOwner } from '@hookstile/contracts';
import { type BodyParts, bodyPartsOf, type PlacedPart, placedIn, textPartsOf } from '@hookstile/templates';
import { type TokenGrant, tokenGrantOf } from '../oauth/token-grant.js';
import { authHeaderOf, type OpenSecret } from '../request/auth-header.js';
import { type RequestTarget, requestTargetOf } from '../request/request-target.js';
import { assertSendableHeader } from '../request/sendable-header.js';

export interface PlannedHeader {
  name: string;
  parts: readonly PlacedPart[];
  /** Whether the text around its parameters is a secret. */
  secret: boolean;
}

/** All of a rule's request that no context changes, its secrets opened. Never logged. */
export interface RulePlan {
  version: number;
  settings: DecisionRuleSettings;
  target: RequestTarget;
  headers: readonly PlannedHeader[];
  body: BodyParts | null;
  /** By which the token of each request is had; null where it carries none. */
  tokenGrant: TokenGrant | null;
}

const ACCEPTED = { json: 'application/json', jsonp: 'application/javascript, application/json' } as const;
const CONTENT_TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  xml: 'application/xml',
  text: 'text/plain; charset=utf-8',
} as const;

/** Not to be taken for a parameter, whatever stands in it. */
function fixed(name: string, text: string, secret = false): PlannedHeader {
  return { name, parts: [{ text }], secret };
}

function contentTypeOf(given: readonly PlannedHeader[]): string | null {
  const header = given.find(({ name }) => name.toLowerCase() === 'content-type');
  return header ? header.parts.map((part) => ('text' in part ? part.text : '')).join('') : null;
}

function userHeadersOf({ headers }: DecisionRuleSettings, open: OpenSecret): PlannedHeader[] {
  return Object.entries(headers).map(([name, sealed]) => {
    const parts = placedIn('header', textPartsOf(open(sealed)));
    for (const part of parts) assertSendableHeader(name, 'text' in part ? asHeaderBytes(part.text) : '');
    return { name, parts, secret: true };
  });
}

/** Header texts travel as UTF-8; Node takes each byte as one character. */
export function asHeaderBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/**
 * Prepares a rule's requests once a version. A header given by the user replaces ours of the same name.
 * Throws `RequestUnbuildableError`, or what `open` throws when the key ring does not hold a secret's key.
 */
export function rulePlanOf(rule: DecisionRuleConfiguration, userAgent: string, open: OpenSecret): RulePlan {
  const { settings } = rule;
  const given = userHeadersOf(settings, open);
  const body = settings.body === null ? null : bodyPartsOf(settings.body, contentTypeOf(given));
  const auth = authHeaderOf(settings.auth, open);
  const headers = new Map<string, PlannedHeader>();
  const put = (header: PlannedHeader) => headers.set(header.name.toLowerCase(), header);
  if (body) put(fixed('content-type', CONTENT_TYPES[body.kind]));
  put(fixed('accept', ACCEPTED[settings.verification]));
  put(fixed('accept-encoding', 'identity'));
  put(fixed('user-agent', userAgent));
  for (const header of given) put(header);
  if (auth) put(fixed(auth[0], auth[1], true));
  const { auth: authentication } = settings;
  const tokenGrant =
    authentication.type === 'oauth2'
      ? tokenGrantOf(secretOwner('decision-rule', rule.id), authentication, open, null)
      : null;
  // Each request adds its token's.
  if (tokenGrant) headers.delete('authorization');
  return {
    version: rule.version,
    settings,
    target: requestTargetOf(settings.url),
    headers: [...headers.values()],
    body,
    tokenGrant,
  };
}
