import { type Static, Type } from 'typebox';

/** A secret under AES-256-GCM; `keyId` names the ring's key, all parts but it in base64. */
export const SealedSecret = Type.Object({
  keyId: Type.String(),
  nonce: Type.String(),
  ciphertext: Type.String(),
  lastFour: Type.String(),
  updatedAt: Type.String(),
});
export type SealedSecret = Static<typeof SealedSecret>;
