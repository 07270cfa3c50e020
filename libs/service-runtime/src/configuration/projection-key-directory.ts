import type { ApiKeyConfiguration } from '@hookstile/contracts';
import { LRUCache } from 'lru-cache';
import type { FoundKey, KeyDirectory } from '../auth/principal.js';
import type { Clock } from '../clock.js';
import { ProblemError } from '../problems/problem.error.js';
import { within } from '../within.js';
import type { ConfigurationProjection } from './configuration-projection.js';

const UNKNOWN_KEYS_MAX = 10_000;
const UNKNOWN_KEY_TTL_MS = 1_000;
const CATCH_UP_TIMEOUT_MS = 2_000;
/**
 * A deleted key must be dead within 5 seconds everywhere, also where the broker has gone silent or this process was
 * stopped for a while: then what was read is not trusted, and nobody is let in on it.
 */
export const KEYS_TRUSTED_MS = 2_500;
/** From this age on the keys are confirmed beside the requests, so that under load none waits for it. */
export const KEYS_CONFIRMED_AFTER_MS = 1_000;

function foundKey(key: ApiKeyConfiguration): FoundKey {
  return { tenantId: key.tenantId, role: key.role, keyId: key.id, name: key.name };
}

const unchecked = () => new ProblemError('unavailable', 'the keys cannot be checked at present');

/**
 * Keys from the projection, which is compared with the topic's end once a second while requests come. A key that is not
 * known may be newer than what was read, so a miss asks at once; unknown ones are remembered for a second, so that
 * guessing does not become requests to the broker.
 */
export class ProjectionKeyDirectory implements KeyDirectory {
  private readonly unknown: LRUCache<string, true>;
  /** When the projection was last known to hold all that had been acknowledged. */
  private confirmedAtMs = Number.NEGATIVE_INFINITY;
  private confirming: Promise<void> | null = null;

  constructor(
    private readonly projection: ConfigurationProjection,
    private readonly clock: Clock,
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
    if (this.projection.keyByHash(hashHex)) return this.findKnown(hashHex);
    if (this.unknown.has(hashHex)) return null;
    await within(this.catchUp(), this.catchUpTimeoutMs, unchecked);
    const newer = this.projection.keyByHash(hashHex);
    if (newer) return foundKey(newer);
    this.unknown.set(hashHex, true);
    return null;
  }

  private async findKnown(hashHex: string): Promise<FoundKey | null> {
    if (this.ageMs > KEYS_TRUSTED_MS) await within(this.renew(), this.catchUpTimeoutMs, unchecked);
    else if (this.ageMs > KEYS_CONFIRMED_AFTER_MS) this.confirm().catch(() => undefined);
    const known = this.projection.keyByHash(hashHex);
    return known ? foundKey(known) : null;
  }

  private get ageMs(): number {
    return this.clock.monotonicMs() - this.confirmedAtMs;
  }

  /** What was under way may have asked long ago; then it is asked once more. */
  private async renew(): Promise<void> {
    await this.confirm();
    if (this.ageMs > KEYS_TRUSTED_MS) await this.confirm();
  }

  private confirm(): Promise<void> {
    this.confirming ??= this.catchUp().finally(() => {
      this.confirming = null;
    });
    return this.confirming;
  }

  private async catchUp(): Promise<void> {
    const askedAtMs = this.clock.monotonicMs();
    await this.projection.catchUp();
    this.confirmedAtMs = Math.max(this.confirmedAtMs, askedAtMs);
  }
}
