import type { SealedSecret } from '@hookstile/contracts';
import { Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';

/** How a secret reads back. */
export const MaskedSecret = Type.Object({
  set: Type.Literal(true),
  lastFour: Type.String({ description: 'Empty where the secret is too short to give any of it away.' }),
  updatedAt: Time,
});
export type MaskedSecret = Static<typeof MaskedSecret>;

export function masked({ lastFour, updatedAt }: SealedSecret): MaskedSecret {
  return { set: true, lastFour, updatedAt };
}

/** Whether a given value is a read-back secret, which stands for "as it is". */
export function isMasked(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { set?: unknown }).set === true;
}
