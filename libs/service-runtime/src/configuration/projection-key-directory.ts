import type { ApiKeyConfiguration } from '@hookstile/contracts';
import { LRUCache } from 'lru-cache';
import type { FoundKey, KeyDirectory } from '../auth/principal.js';
import type { Clock } from '../clock.js';
import { ProblemError } from '../problems/problem.error.js';
import type { ConfigurationProjection } from './configuration-projection.js';

const UNKNOWN_KEYS_MAX = 10_000;
const UNKNOWN_KEY_TTL_MS = 1_000;
const CATCH_UP_TIMEOUT_MS = 2_000;

function foundKey(key: ApiKeyConfiguration): FoundKey {
  return { tenantId: key.tenantId, role: key.role, keyId: key.id, name: key.name };
}

function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new ProblemError('unavailable', 'the keys cannot be checked at present'));
    }, timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * Keys from the projection. One that is not known may be newer than what was read, so a miss asks the topic's end once;
 * unknown ones are remembered for a second, so that guessing does not become requests to the broker.
 */
export class ProjectionKeyDirectory implements KeyDirectory {
  private readonly unknown: LRUCache<string, true>;

  constructor(
    private readonly projection: ConfigurationProjection,
    clock: Clock,
    private readonly catchUpTimeoutMs = CATCH_UP_TIMEOUT_MS,
  ) {
    this.unknown = new LRUCache({
      max: UNKNOWN_KEYS_MAX,
      ttl: UNKNOWN_KEY_TTL_MS,
      // Without a resolution the cache would remember the time itself for a while.
      ttlResolution: 0,
      perf: { now: () => clock.monotonicMs() },
    });
  }

  async find(hashHex: string): Promise<FoundKey | null> {
    const known = this.projection.keyByHash(hashHex);
    if (known) return foundKey(known);
    if (this.unknown.has(hashHex)) return null;
    await withTimeout(this.projection.catchUp(), this.catchUpTimeoutMs);
    const newer = this.projection.keyByHash(hashHex);
    if (newer) return foundKey(newer);
    this.unknown.set(hashHex, true);
    return null;
  }
}
