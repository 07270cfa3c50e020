import type { SealedSecret } from '@hookstile/contracts';

/** How a secret reads back. */
export interface MaskedSecret {
  set: true;
  lastFour: string;
  updatedAt: string;
}

export function masked({ lastFour, updatedAt }: SealedSecret): MaskedSecret {
  return { set: true, lastFour, updatedAt };
}

/** Whether a given value is a read-back secret, which stands for "as it is". */
export function isMasked(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { set?: unknown }).set === true;
}
