import { randomBytes } from 'node:crypto';

/** Time as an argument, so that tests decide what it is. */
export interface Clock {
  /** Unix milliseconds; may jump. */
  nowMs(): number;
  /** Milliseconds that only rise, for deadlines and durations. */
  monotonicMs(): number;
}

export const CLOCK = Symbol('Clock');

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

export type RandomBytes = (size: number) => Uint8Array;

export const RANDOM_BYTES = Symbol('RandomBytes');

const POOL_BYTES = 4_096;
const POOLED_MAX_BYTES = 64;

let pool = new Uint8Array(0);
let given = 0;

/**
 * A call to the system costs as much as thousands of bytes do, and each event needs some for its ids: small requests
 * are cut from a pool. No byte is given out twice, and a used pool is not written again.
 */
export const systemRandomBytes: RandomBytes = (size) => {
  if (size > POOLED_MAX_BYTES) return randomBytes(size);
  if (pool.length < given + size) {
    pool = randomBytes(POOL_BYTES);
    given = 0;
  }
  given += size;
  return pool.subarray(given - size, given);
};
