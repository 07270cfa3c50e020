import type { BatchStop } from '@hookstile/messaging/nest';
import type { UnknownContractVersionError } from '../project/unknown-contract-version.error.js';
import { JournalLead } from './journal-lead.js';
import type { Batch } from './write-batches.js';

/** A batch that waits for its flush. */
export interface Waiting extends Batch {
  stops: Set<UnknownContractVersionError>;
  resolve(stop: BatchStop): void;
  reject(error: unknown): void;
}

export interface FlushQueueOptions {
  /** A batch of so many records is full: its topic has a backlog, and nothing is gained by waiting for company. */
  batchFullRecords: number;
  /** Behind a backlog, deliveries are left out of flushes for this long at most, for their journal to lead. */
  journalLeadMaxMs: number;
  /** Where that was not enough, as with clocks that differ, nothing is left out for this long. */
  journalLeadRestMs: number;
}

/** What waits for the next flush. `underWay` is what the flush holds that is being written, if one is. */
export class FlushQueue {
  #waiting: Waiting[] = [];
  #filled = Promise.withResolvers<void>();
  readonly #lead = new JournalLead();
  /** Since when no deliveries went into a flush, though some wait; null while none are left out. */
  #heldSinceMs: number | null = null;
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: FlushQueueOptions) {}

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (waiting.topic === 'attempts') this.#lead.reach(waiting.records);
    if (this.#isFull(waiting)) this.#filled.resolve();
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether the next flush would have a full batch. */
  isFull(nowMs: number, underWay: readonly Batch[]): boolean {
    return this.#ready(nowMs, underWay).some((waiting) => this.#isFull(waiting));
  }

  /** Resolves when a full batch is added after this call. */
  untilFull(): Promise<void> {
    this.#filled = Promise.withResolvers();
    return this.#filled.promise;
  }

  /** Not empty unless the queue is, or a flush is under way that is worth waiting for. */
  take(nowMs: number, underWay: readonly Batch[]): readonly Waiting[] {
    const inVain = this.#isTooLong(nowMs);
    const taken = this.#ready(nowMs, underWay);
    this.#waiting = this.#waiting.filter((waiting) => !taken.includes(waiting));
    const deliveries = taken.filter(({ topic }) => topic === 'deliveries');
    if (deliveries.length > 0) this.#heldSinceMs = null;
    if (this.#waiting.length > 0) this.#heldSinceMs ??= nowMs;
    if (inVain) {
      this.#restsUntilMs = nowMs + this.options.journalLeadRestMs;
      for (const { records } of deliveries) this.#lead.forget(records);
    }
    return taken;
  }

  /** All but deliveries that pass a journal with a backlog; those of one topic stay in their order. */
  #ready(nowMs: number, underWay: readonly Batch[]): readonly Waiting[] {
    const journalIsBehind = [...this.#waiting, ...underWay].some(
      (batch) => batch.topic === 'attempts' && this.#isFull(batch),
    );
    if (!journalIsBehind || nowMs < this.#restsUntilMs || this.#isTooLong(nowMs)) return this.#waiting;
    const held = this.#waiting.findIndex(
      ({ topic, records }) => topic === 'deliveries' && this.#lead.isPassedBy(records),
    );
    if (held < 0) return this.#waiting;
    return this.#waiting.filter(({ topic }, index) => topic !== 'deliveries' || index < held);
  }

  #isFull({ records }: Batch): boolean {
    return records.length >= this.options.batchFullRecords;
  }

  #isTooLong(nowMs: number): boolean {
    return this.#heldSinceMs !== null && nowMs - this.#heldSinceMs >= this.options.journalLeadMaxMs;
  }
}
