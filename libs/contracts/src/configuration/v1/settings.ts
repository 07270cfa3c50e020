import { type Static, Type } from 'typebox';
import { Instant, Nullable, WholeNumber } from '../../schema-parts.js';
import { Authentication } from './authentication.js';
import { Filter } from './condition.js';
import { SealedSecret } from './sealed-secret.js';

/** Deliveries in one push at most: the journal's record names them all. */
export const PUSH_MAX_ITEMS = 100;

/** Which deliveries wait for each other; `maxConcurrency` bounds an integration's attempts in flight. */
export const Ordering = Type.Union([
  Type.Object({ mode: Type.Literal('strict') }),
  /** `key` is a JSON pointer into the event as CloudEvents JSON: `/subject`, `/data/device/id`. */
  Type.Object({ mode: Type.Literal('by-key'), key: Type.String(), maxConcurrency: WholeNumber }),
  Type.Object({ mode: Type.Literal('unordered'), maxConcurrency: WholeNumber }),
]);
export type Ordering = Static<typeof Ordering>;

/** Delays grow by `factor` from `firstMs` up to `maxMs`; each is shortened by up to the part `jitter` of itself. */
export const Exponential = Type.Object({
  firstMs: WholeNumber,
  factor: Type.Number({ minimum: 1 }),
  maxMs: WholeNumber,
  /** In all, the first one included. */
  attempts: WholeNumber,
  jitter: Type.Number({ minimum: 0, maximum: 1 }),
});
export type Exponential = Static<typeof Exponential>;

const retryRules = {
  /** `block`: a push whose attempts are exhausted holds its lane until a change of the integration, or a skip. */
  onExhausted: Type.Union([Type.Literal('continue'), Type.Literal('block')]),
  stopOn: Type.Array(WholeNumber),
  disableOn: Type.Array(WholeNumber),
  retryAfterMaxMs: WholeNumber,
};

export const Retry = Type.Union([
  Type.Object({ delaysMs: Type.Array(WholeNumber), ...retryRules }),
  Type.Object({ exponential: Exponential, ...retryRules }),
]);
export type Retry = Static<typeof Retry>;

/** Top-level names, or JSON pointers, of the body as it is built, and what each is called instead. */
const Renamed = Type.Optional(Type.Record(Type.String(), Type.String()));
/** Top-level names, or JSON pointers, that are left out of the body. */
const Omitted = Type.Optional(Type.Array(Type.String()));

/** Absent members of `rename` and `omit` change nothing. A template says by itself what stands in the body. */
export const BodyShape = Type.Union([
  Type.Object({
    format: Type.Union([Type.Literal('standard'), Type.Literal('cloudevents'), Type.Literal('data')]),
    rename: Renamed,
    omit: Omitted,
  }),
  Type.Object({
    format: Type.Literal('template'),
    template: Type.String(),
    /** The body is always a JSON array of what the template makes, also of one delivery. */
    wrap: Type.Optional(Type.Literal('array')),
  }),
]);
export type BodyShape = Static<typeof BodyShape>;

export const Signing = Type.Object({
  scheme: Type.Union([Type.Literal('none'), Type.Literal('standard-webhooks')]),
  algorithm: Type.Union([Type.Literal('hmac-sha256'), Type.Literal('ed25519')]),
  /** `whsec_<base64>` of HMAC-SHA256, `whsk_<base64>` of ed25519; null where the scheme is `none`. */
  secret: Nullable(SealedSecret),
  /** `whpk_<base64>`, of ed25519 only. */
  publicKey: Type.Optional(Type.String()),
  /** During a rotation: the secret before, of the same algorithm, which signs as well until then. */
  previous: Type.Optional(
    Type.Object({ secret: SealedSecret, publicKey: Type.Optional(Type.String()), until: Instant }),
  ),
});
export type Signing = Static<typeof Signing>;

/** How far an endpoint's certificate is trusted, and which one is shown to it; PEM. */
export const TlsSettings = Type.Object({
  /** False: neither the authority nor the name is checked. */
  verify: Type.Boolean(),
  ca: Type.Optional(Type.String()),
  clientCertificate: Type.Optional(Type.String()),
  clientKey: Type.Optional(SealedSecret),
});
export type TlsSettings = Static<typeof TlsSettings>;

/**
 * An integration's settings with every default spelled out, as the public API names them; secrets are sealed.
 * Members of the public surface that no code carries out yet are absent here and refused by the config service.
 */
export const IntegrationSettings = Type.Object({
  name: Type.String(),
  profile: Type.String(),
  /** Of the profile's data that filled what was not given; absent in records of the first builds: 1. */
  profileVersion: Type.Optional(WholeNumber),
  url: Type.String(),
  eventTypes: Type.Array(Type.String()),
  /** Absent: no conditions. */
  filter: Type.Optional(Filter),
  request: Type.Object({
    method: Type.Union([Type.Literal('POST'), Type.Literal('PUT'), Type.Literal('PATCH')]),
    /** Values given by users count as secrets; they may be templates. */
    headers: Type.Record(Type.String(), SealedSecret),
    auth: Authentication,
    body: BodyShape,
    sign: Signing,
    timeoutMs: WholeNumber,
    /** Absent in records of the first builds: verified, by the built-in authorities. */
    tls: Type.Optional(TlsSettings),
  }),
  ordering: Ordering,
  /** `maxItems` is at most `PUSH_MAX_ITEMS`; above 1 a request's body is always an array. */
  batch: Type.Object({ maxItems: WholeNumber, maxWaitMs: WholeNumber }),
  retry: Retry,
  disableAfter: Nullable(WholeNumber),
  disableAfterMs: Nullable(WholeNumber),
  /** Requests a second, across the integration's lanes; absent in records of the first builds: no limit. */
  rateLimit: Type.Optional(Nullable(Type.Object({ perSecond: WholeNumber }))),
  logPayloads: Type.Union([Type.Literal('full'), Type.Literal('none')]),
});
export type IntegrationSettings = Static<typeof IntegrationSettings>;
