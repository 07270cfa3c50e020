import { type Static, Type } from 'typebox';
import { Nullable, WholeNumber } from '../../schema-parts.js';

/** A secret under AES-256-GCM; `keyId` names the ring's key, all parts but it in base64. */
export const SealedSecret = Type.Object({
  keyId: Type.String(),
  nonce: Type.String(),
  ciphertext: Type.String(),
  lastFour: Type.String(),
  updatedAt: Type.String(),
});
export type SealedSecret = Static<typeof SealedSecret>;

const Auth = Type.Union([
  Type.Object({ type: Type.Literal('none') }),
  Type.Object({ type: Type.Literal('apiKey'), header: Type.String(), value: SealedSecret }),
  Type.Object({ type: Type.Literal('bearer'), token: SealedSecret }),
  Type.Object({ type: Type.Literal('basic'), username: Type.String(), password: SealedSecret }),
]);

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

/**
 * An integration's settings with every default spelled out, as the public API names them; secrets are sealed.
 * Members of the public surface that no code carries out yet are absent here and refused by the config service.
 */
export const IntegrationSettings = Type.Object({
  name: Type.String(),
  profile: Type.String(),
  url: Type.String(),
  eventTypes: Type.Array(Type.String()),
  request: Type.Object({
    method: Type.Union([Type.Literal('POST'), Type.Literal('PUT'), Type.Literal('PATCH')]),
    /** Values given by users count as secrets. */
    headers: Type.Record(Type.String(), SealedSecret),
    auth: Auth,
    body: Type.Object({ format: Type.Literal('standard') }),
    sign: Type.Object({
      scheme: Type.Union([Type.Literal('none'), Type.Literal('standard-webhooks')]),
      algorithm: Type.Literal('hmac-sha256'),
      /** Null where the scheme is `none`. */
      secret: Nullable(SealedSecret),
    }),
    timeoutMs: WholeNumber,
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
