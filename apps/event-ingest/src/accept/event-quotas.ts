import { type Clock, ProblemError } from '@hookstile/service-runtime';
import { LRUCache } from 'lru-cache';
import { COUNTED_TENANTS_MAX } from './accept.bounds.js';

const MS_PER_SECOND = 1_000;
/** The name of the policy in the headers; a key's limit of requests stands beside it. */
const PER_TENANT = '"events"';

export interface EventQuotaSettings {
  HOOKSTILE_EVENTS_PER_SECOND: number;
  HOOKSTILE_EVENTS_BURST: number;
}

/** The headers of an answer; a limit of the key may have set the same ones before. */
export interface AnswerHeaders {
  getHeader(name: string): string | number | string[] | undefined;
  header(name: string, value: string): unknown;
}

interface Bucket {
  /** Below zero after a batch that was larger than what was left. */
  tokens: number;
  filledAtMs: number;
  /** The smallest batch that was read and refused since one was taken; until there is enough for it, or its wait is over. */
  refused: { bytes: number; events: number; untilMs: number } | null;
}

/**
 * How many events one process takes of a tenant by HTTP: a rate, and a burst that a quiet tenant has saved. A batch
 * counts its events; one that is larger than the burst passes where the whole burst is there, and is paid for
 * afterwards, else it never could. Memory is bounded: beyond so many tenants the quietest begins anew.
 */
export class EventQuotas {
  private readonly perSecond: number;
  private readonly burst: number;
  private readonly buckets: LRUCache<string, Bucket>;

  constructor(
    settings: EventQuotaSettings,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.perSecond = settings.HOOKSTILE_EVENTS_PER_SECOND;
    this.burst = settings.HOOKSTILE_EVENTS_BURST || this.perSecond;
    this.buckets = new LRUCache({ max: COUNTED_TENANTS_MAX });
  }

  /**
   * Before the events are read: of a tenant that has nothing left, none would be taken whatever the request holds. One
   * of which nothing is known has sent nothing. A batch of at least as many bytes as one that was refused is refused
   * unread for as long as that one was told to wait, or until there is enough for it: to read it to its end is what it
   * costs. Throws `rate_limited`.
   * @param batchBytes of a batch, as its head tells; 0 of a single event
   */
  refuseSpent(tenantId: string, headers: AnswerHeaders, batchBytes = 0): void {
    if (this.perSecond === 0 || !this.buckets.has(tenantId)) return;
    const bucket = this.bucketOf(tenantId);
    const { refused } = bucket;
    const isLikeRefused = refused !== null && batchBytes > 0 && batchBytes >= refused.bytes;
    this.refuseBelow(isLikeRefused ? refused.events : 1, bucket, headers);
  }

  /** Counts events that are to be written, all or, where it throws `rate_limited`, none. */
  spend(tenantId: string, events: number, headers: AnswerHeaders, bytes = 0): void {
    if (this.perSecond === 0 || events === 0) return;
    const bucket = this.bucketOf(tenantId);
    const wanted = Math.min(events, this.burst);
    if (events > 1 && bucket.tokens < wanted && bytes < (bucket.refused?.bytes ?? Number.POSITIVE_INFINITY)) {
      const untilMs = bucket.filledAtMs + this.secondsUntil(wanted, bucket) * MS_PER_SECOND;
      bucket.refused = { bytes, events: wanted, untilMs };
    }
    this.refuseBelow(wanted, bucket, headers);
    bucket.tokens -= events;
    if (events > 1) bucket.refused = null;
    this.tell(bucket, headers);
  }

  private refuseBelow(wanted: number, bucket: Bucket, headers: AnswerHeaders): void {
    if (bucket.tokens >= wanted) return;
    this.tell(bucket, headers);
    const retryAfterSeconds = this.secondsUntil(wanted, bucket);
    const detail = `the tenant may send ${this.perSecond} events a second, and ${this.burst} at once after a pause`;
    throw new ProblemError('rate_limited', detail, { retryAfterSeconds });
  }

  private secondsUntil(wanted: number, { tokens }: Bucket): number {
    return Math.ceil((wanted - tokens) / this.perSecond);
  }

  private bucketOf(tenantId: string): Bucket {
    const nowMs = this.clock.monotonicMs();
    const bucket = this.buckets.get(tenantId) ?? { tokens: this.burst, filledAtMs: nowMs, refused: null };
    const saved = ((nowMs - bucket.filledAtMs) * this.perSecond) / MS_PER_SECOND;
    bucket.tokens = Math.min(this.burst, bucket.tokens + saved);
    bucket.filledAtMs = nowMs;
    // Its wait is over, also where what was saved for it then goes to others, or went to others all the while.
    const { refused } = bucket;
    if (refused !== null && (bucket.tokens >= refused.events || nowMs >= refused.untilMs)) bucket.refused = null;
    this.buckets.set(tenantId, bucket);
    return bucket;
  }

  /** As draft-ietf-httpapi-ratelimit-headers-11 says it: what is left, and when all of it is back. */
  private tell({ tokens }: Bucket, headers: AnswerHeaders): void {
    const left = Math.max(0, Math.floor(tokens));
    const wholeInSeconds = Math.ceil((this.burst - tokens) / this.perSecond);
    const windowSeconds = Math.ceil(this.burst / this.perSecond);
    const add = (name: string, item: string) => {
      const others = headers.getHeader(name);
      headers.header(name, others === undefined ? item : `${others}, ${item}`);
    };
    add('ratelimit-policy', `${PER_TENANT};q=${this.burst};w=${windowSeconds}`);
    add('ratelimit', `${PER_TENANT};r=${left};t=${wholeInSeconds}`);
  }
}
