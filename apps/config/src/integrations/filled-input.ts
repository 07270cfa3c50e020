import type { IntegrationProfile } from '../profiles/profile-schema.js';
import type { AuthDto } from '../request-input/auth.dto.js';
import { headersOf } from '../request-input/headers-input.js';
import type { GivenCondition } from './filter-settings.js';
import type { IntegrationDto } from './integration.dto.js';
import type { BodyDto, RequestDto, SignDto, TlsDto } from './request.dto.js';
import type { OrderingDto, RetryDto } from './sending.dto.js';

type Settings = IntegrationProfile['settings'];

/** What a user gave of a request, with the profile's members where nothing was given. */
export interface FilledRequest {
  method: Settings['request']['method'];
  /** As the user gave them, or an object with the profile's among them. */
  headers: unknown;
  auth: AuthDto;
  body: BodyDto & Pick<Settings['request']['body'], 'format'>;
  sign: SignDto & Settings['request']['sign'];
  timeoutMs: number;
  tls: TlsDto & Settings['request']['tls'];
}

export interface FilledInput {
  eventTypes: string[];
  filter: readonly GivenCondition[];
  request: FilledRequest;
  ordering: OrderingDto;
  batch: Settings['batch'];
  retry: RetryDto & Pick<Settings['retry'], 'onExhausted' | 'stopOn' | 'disableOn' | 'retryAfterMaxMs'>;
  disableAfter: number | null;
  disableAfterMs: number | null;
  rateLimit: { perSecond: number } | null;
  logPayloads: Settings['logPayloads'];
}

/**
 * A profile fills what is not given: objects merge; arrays replace, and so does an auth of another type, a body of
 * another format, an ordering of another mode and the other kind of delays.
 */
export function fillFromProfile(input: IntegrationDto, profile: Settings): FilledInput {
  return {
    eventTypes: input.eventTypes ?? profile.eventTypes,
    filter: input.filter ?? profile.filter,
    request: filledRequest(input.request ?? {}, profile.request),
    ordering: mergeKind<OrderingDto>('mode', profile.ordering, input.ordering),
    batch: { ...profile.batch, ...input.batch },
    retry: filledRetry(input.retry ?? {}, profile.retry),
    disableAfter: input.disableAfter === undefined ? profile.disableAfter : input.disableAfter,
    disableAfterMs: input.disableAfterMs === undefined ? profile.disableAfterMs : input.disableAfterMs,
    rateLimit: input.rateLimit === undefined ? profile.rateLimit : input.rateLimit,
    logPayloads: input.logPayloads ?? profile.logPayloads,
  };
}

function filledRequest(input: RequestDto, profile: Settings['request']): FilledRequest {
  return {
    method: input.method ?? profile.method,
    headers: filledHeaders(input.headers, profile.headers),
    auth: filledAuth(input.auth, profile.auth),
    body: filledBody(input.body ?? {}, profile.body),
    sign: { ...profile.sign, ...input.sign },
    timeoutMs: input.timeoutMs ?? profile.timeoutMs,
    tls: { ...profile.tls, ...input.tls },
  };
}

/** Members without a type belong to the profile's, unless that is none: then the type was forgotten. */
function filledAuth(given: AuthDto | undefined, profile: Settings['request']['auth']): AuthDto {
  if (given && given.type === undefined && profile.type === 'none') return given;
  return mergeKind<AuthDto>('type', profile, given);
}

/** Names are the same in any case. Text that is no list of headers stays as it is: it is refused later. */
function filledHeaders(given: unknown, profile: Readonly<Record<string, string>>): unknown {
  const headers = headersOf(given);
  if (!headers) return given;
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const filling = Object.entries(profile).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(filling), ...headers };
}

function filledBody(given: BodyDto, profile: Settings['request']['body']): FilledRequest['body'] {
  const { format = profile.format } = given;
  if (format !== profile.format) return { ...given, format };
  const rename = profile.format === 'template' ? undefined : profile.rename;
  const both = rename && given.rename ? { rename: { ...rename, ...given.rename } } : {};
  return { ...profile, ...given, ...both, format };
}

/** A given list of delays, or growing ones, replaces the profile's, of whichever kind they are. */
function filledRetry(given: RetryDto, profile: Settings['retry']): FilledInput['retry'] {
  const { delaysMs, exponential, ...rules } = { delaysMs: undefined, exponential: undefined, ...profile };
  const filled = { ...rules, ...given };
  if (given.delaysMs !== undefined || (given.exponential !== undefined && !exponential)) return filled;
  if (exponential) return { ...filled, exponential: { ...exponential, ...given.exponential } };
  return delaysMs === undefined ? filled : { ...filled, delaysMs };
}

/** A member of another kind replaces the profile's whole. */
function mergeKind<T extends object>(kind: keyof T, profile: T, given: T | undefined): T {
  const other = given?.[kind] !== undefined && given[kind] !== profile[kind];
  return other ? given : { ...profile, ...given };
}
