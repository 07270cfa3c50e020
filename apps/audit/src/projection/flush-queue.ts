import type { BatchStop } from '@hookstile/messaging/nest';
import { JournalLead } from './journal-lead.js';
import type { Batch } from './write-batches.js';

/** A batch that waits for its flush. */
export interface Waiting extends Batch {
  sinceMs: number;
  resolve(stop: BatchStop): void;
  reject(error: unknown): void;
}

export interface FlushQueueOptions {
  /** A batch of so many records is full: its topic has a backlog, and nothing is gained by waiting for company. */
  batchFullRecords: number;
  /** Behind a backlog, deliveries wait this long for their journal to lead. */
  journalLeadMaxMs: number;
}

/** What waits for the next flush. `underWay` is what the flush holds that is being written, if one is. */
export class FlushQueue {
  #waiting: Waiting[] = [];
  #filled = Promise.withResolvers<void>();
  readonly #lead = new JournalLead();

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
    const taken = this.#ready(nowMs, underWay);
    this.#waiting = this.#waiting.filter((waiting) => !taken.includes(waiting));
    for (const waiting of taken) if (this.#isOverdue(waiting, nowMs)) this.#lead.forget(waiting.records);
    return taken;
  }

  /** All but deliveries that pass a journal with a backlog; those of one topic stay in their order. */
  #ready(nowMs: number, underWay: readonly Batch[]): Waiting[] {
    const journalIsBehind = [...this.#waiting, ...underWay].some(
      (batch) => batch.topic === 'attempts' && this.#isFull(batch),
    );
    if (!journalIsBehind) return this.#waiting;
    const held = this.#waiting.find(
      (waiting) =>
        waiting.topic === 'deliveries' && !this.#isOverdue(waiting, nowMs) && this.#lead.isPassedBy(waiting.records),
    );
    const heldFrom = held ? this.#waiting.indexOf(held) : this.#waiting.length;
    return this.#waiting.filter(({ topic }, index) => topic !== 'deliveries' || index < heldFrom);
  }

  #isFull({ records }: Batch): boolean {
    return records.length >= this.options.batchFullRecords;
  }

  #isOverdue({ topic, sinceMs }: Waiting, nowMs: number): boolean {
    return topic === 'deliveries' && nowMs - sinceMs >= this.options.journalLeadMaxMs;
  }
}
