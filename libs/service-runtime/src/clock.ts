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

export const systemRandomBytes: RandomBytes = (size) => randomBytes(size);
