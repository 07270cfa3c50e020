import { type Static, Type } from 'typebox';

/** What AES-256-GCM makes of a text or a key, both parts in base64; the tag stands at the end of `ciphertext`. */
const sealedParts = { nonce: Type.String(), ciphertext: Type.String() };

/** A tenant's key as it is stored: sealed under the key `keyId` of the ring, bound to its tenant. */
export const WrappedKey = Type.Object({ keyId: Type.String(), ...sealedParts });
export type WrappedKey = Static<typeof WrappedKey>;

/**
 * A secret, bound to its owner. `dataKey` is the secret's own key under its tenant's, and `keyId` says which that is;
 * in records of the first builds it is absent, and the secret stands under the key `keyId` of the ring itself.
 */
export const SealedSecret = Type.Object({
  keyId: Type.String(),
  dataKey: Type.Optional(Type.Object(sealedParts)),
  ...sealedParts,
  lastFour: Type.String(),
  updatedAt: Type.String(),
});
export type SealedSecret = Static<typeof SealedSecret>;

/** Who owns a secret: it is bound to that, so that a ciphertext copied to another thing cannot be opened there. */
export function secretOwner(kind: 'integration' | 'decision-rule' | 'idempotency-key', id: string): string {
  return `${kind}:${id}`;
}
