import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.js';
import { ProblemError } from '../problems/problem.error.js';
import { Quota } from './quota.js';
import {
  AUTH_FAILURES_WINDOW_S,
  COUNTED_ADDRESSES_MAX,
  COUNTED_KEYS_MAX,
  PROVEN_KEYS_MAX,
} from './rate-limit.bounds.js';

export interface RequestLimitSettings {
  HOOKSTILE_RATE_LIMIT_REQUESTS: number;
  HOOKSTILE_RATE_LIMIT_WINDOW_S: number;
  HOOKSTILE_AUTH_FAILURES_MAX: number;
}

export type SetHeader = (name: string, value: string) => void;

export const REQUEST_LIMITS = Symbol('RequestLimits');

/** The name of the policy in the headers. */
const PER_KEY = '"key"';

interface Guesses {
  failures: Quota;
  /** Hashes of keys that were valid here. */
  provenKeys: LRUCache<string, true>;
}

/** What one process lets a tenant's key, and whoever guesses keys, do. Zero sets no limit. */
export class RequestLimits {
  private readonly requests: Quota | null;
  private readonly guesses: Guesses | null;

  constructor(settings: RequestLimitSettings, clock: Pick<Clock, 'monotonicMs'>) {
    const { HOOKSTILE_RATE_LIMIT_REQUESTS: requestsMax, HOOKSTILE_RATE_LIMIT_WINDOW_S: windowSeconds } = settings;
    const { HOOKSTILE_AUTH_FAILURES_MAX: failuresMax } = settings;
    const perKey = { max: requestsMax, windowSeconds };
    const perAddress = { max: failuresMax, windowSeconds: AUTH_FAILURES_WINDOW_S };
    this.requests = requestsMax === 0 ? null : new Quota(perKey, COUNTED_KEYS_MAX, clock);
    this.guesses =
      failuresMax === 0
        ? null
        : {
            failures: new Quota(perAddress, COUNTED_ADDRESSES_MAX, clock),
            provenKeys: new LRUCache({ max: PROVEN_KEYS_MAX }),
          };
  }

  /**
   * Counts a request of a key and tells by the headers of draft-ietf-httpapi-ratelimit-headers-11 what is left. Throws
   * `rate_limited` where nothing is.
   */
  countRequest(keyId: string, setHeader: SetHeader): void {
    if (this.requests === null) return;
    const { max, windowSeconds } = this.requests.policy;
    const { isExceeded, remaining, resetSeconds } = this.requests.spend(keyId);
    setHeader('ratelimit-policy', `${PER_KEY};q=${max};w=${windowSeconds}`);
    setHeader('ratelimit', `${PER_KEY};r=${remaining};t=${resetSeconds}`);
    if (isExceeded) throw rateLimited(`the key may make ${max} requests in ${windowSeconds} s`, resetSeconds);
  }

  /**
   * Before a key is looked up. An address that gave too many unknown keys is refused, but for keys that were valid here
   * before: behind a gateway or a NAT nobody is locked out by who shares the address.
   */
  refuseGuesses(address: string, keyHash: string): void {
    if (this.guesses === null || this.guesses.provenKeys.has(keyHash)) return;
    const { isExceeded, resetSeconds } = this.guesses.failures.look(address);
    if (isExceeded) throw rateLimited('too many requests without a valid key came from this address', resetSeconds);
  }

  countUnknownKey(address: string, keyHash: string): void {
    this.guesses?.provenKeys.delete(keyHash);
    this.guesses?.failures.spend(address);
  }

  noteValidKey(keyHash: string): void {
    this.guesses?.provenKeys.set(keyHash, true);
  }
}

function rateLimited(detail: string, retryAfterSeconds: number): ProblemError {
  return new ProblemError('rate_limited', detail, { retryAfterSeconds });
}
