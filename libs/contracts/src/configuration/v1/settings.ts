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
  ordering: Type.Object({ mode: Type.Literal('strict') }),
  batch: Type.Object({ maxItems: Type.Literal(1), maxWaitMs: Type.Literal(0) }),
  retry: Type.Object({
    delaysMs: Type.Array(WholeNumber),
    onExhausted: Type.Literal('continue'),
    stopOn: Type.Array(WholeNumber),
    disableOn: Type.Array(WholeNumber),
    retryAfterMaxMs: WholeNumber,
  }),
  disableAfter: Nullable(WholeNumber),
  disableAfterMs: Nullable(WholeNumber),
  logPayloads: Type.Union([Type.Literal('full'), Type.Literal('none')]),
});
export type IntegrationSettings = Static<typeof IntegrationSettings>;
