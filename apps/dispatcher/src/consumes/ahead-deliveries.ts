import { within } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import type { LaneDelivery } from '../lanes/lane.store.js';
import type { Memory } from '../lanes/memory.js';
import { AHEAD_MAX_BYTES, AHEAD_MAX_COUNT, CATCH_UP_RETRY_DELAY_MS, CATCH_UP_TIMEOUT_MS } from './intake.bounds.js';

export interface AheadOptions {
  logger: Logger;
  /** What waits counts as deliveries in memory. */
  memory: Pick<Memory, 'change'>;
  partition: number;
  /** The version of an integration that is known, or null. */
  versionOf(integrationId: string): number | null;
  /** Resolves once everything that was acknowledged before is known. */
  catchUp(): Promise<void>;
  /** Its wait is over: it goes to its lane. */
  release(item: LaneDelivery): void;
  /** There is room again. */
  onRoom(): void;
}

/**
 * Deliveries of a partition that were routed under a version of their integration that is not known here yet. They wait,
 * in order and by integration, and hold up no other integration. One that is still ahead at an end of the configuration
 * that was read after its wait began is of an integration that was deleted: its lane discards it.
 */
export class AheadDeliveries {
  private readonly waiting = new Map<string, LaneDelivery[]>();
  private readonly overdue = new Set<string>();
  private count = 0;
  private bytes = 0;
  private stopped = false;

  constructor(private readonly options: AheadOptions) {}

  get isFull(): boolean {
    return this.count >= AHEAD_MAX_COUNT || this.bytes >= AHEAD_MAX_BYTES;
  }

  /** For readiness: waiting is usual for moments only. */
  get problem(): string | null {
    if (this.overdue.size === 0) return null;
    return `deliveries of ${[...this.overdue][0]} are ahead of the configuration, which cannot be caught up with`;
  }

  /** Whether a delivery has to wait: also one behind another of its integration that does. */
  isAhead(integrationId: string, version: number): boolean {
    return this.waiting.has(integrationId) || this.isUnknown(integrationId, version);
  }

  hold(item: LaneDelivery): void {
    this.account(1, item.bytes);
    const { integrationId } = item.envelope;
    const before = this.waiting.get(integrationId);
    if (before) {
      before.push(item);
      return;
    }
    const items = [item];
    this.waiting.set(integrationId, items);
    void this.wait(integrationId, items);
  }

  /** Forgets what waits: its offsets are not done, so that a successor reads it again. */
  stop(): void {
    this.stopped = true;
    this.waiting.clear();
    this.overdue.clear();
    this.account(-this.count, -this.bytes);
  }

  private async wait(integrationId: string, items: LaneDelivery[]): Promise<void> {
    while (items.length > 0 && !this.stopped) {
      const asked = items.length;
      if (!(await this.caughtUp(integrationId)) || this.stopped) continue;
      this.release(items, asked);
    }
    if (this.stopped) return;
    this.waiting.delete(integrationId);
    this.options.onRoom();
  }

  private async caughtUp(integrationId: string): Promise<boolean> {
    const { catchUp, logger } = this.options;
    try {
      await within(catchUp(), CATCH_UP_TIMEOUT_MS, () => new Error(`no answer within ${CATCH_UP_TIMEOUT_MS} ms`));
      this.overdue.delete(integrationId);
      return true;
    } catch (error) {
      if (!this.stopped) this.overdue.add(integrationId);
      logger.warn({ err: error, integrationId }, 'the configuration cannot be caught up with');
      await new Promise((resolve) => setTimeout(resolve, CATCH_UP_RETRY_DELAY_MS));
      return false;
    }
  }

  /** Those that waited when the end was asked for go on whatever is known of them; of later ones, those that are known. */
  private release(items: LaneDelivery[], asked: number): void {
    let waited = asked;
    for (let item = items[0]; item !== undefined; item = items[0]) {
      if (waited <= 0 && this.isUnknown(item.envelope.integrationId, item.version)) return;
      waited -= 1;
      items.shift();
      this.account(-1, -item.bytes);
      this.options.release(item);
    }
  }

  private isUnknown(integrationId: string, version: number): boolean {
    const known = this.options.versionOf(integrationId);
    return known === null || known < version;
  }

  private account(count: number, bytes: number): void {
    this.count += count;
    this.bytes += bytes;
    const { memory, partition } = this.options;
    memory.change(partition, count, bytes);
  }
}
