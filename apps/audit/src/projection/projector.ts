import type { BatchStop, StoppedAt } from '@hookstile/messaging/nest';
import type { Clock, PayloadMask } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import { ALL_KEPT, type KeptSinceMs } from '../partitions/kept-since.js';
import type { ProjectedTopic, RecordToProject } from '../project/project-record.js';
import type { UnknownContractVersionError } from '../project/unknown-contract-version.error.js';
import { FlushQueue, type FlushQueueOptions, type Waiting } from './flush-queue.js';
import { JournaledDeliveries } from './journaled-deliveries.js';
import type { ProjectionStore } from './projection.store.js';
import type { ProjectionMetrics } from './projection-metrics.js';
import { projectBatches, type WrittenBatches } from './write-batches.js';

export interface ProjectorOptions extends FlushQueueOptions {
  /** Waits this long for other topics' records before a flush: what was routed and delivered at once is one row. */
  lingerMs: number;
  /** Waits this long between tries while the database does not take a flush; doubles up to the second. */
  retryDelayMs: number;
  retryDelayMaxMs: number;
  /** Of so many deliveries, and twice as many at most, it is remembered that the journal has written their rows. */
  journaledKept: number;
  /** Takes secrets out of payloads. */
  mask: PayloadMask;
  /** Which days retention has dropped at a moment; left out, none. */
  keptSince?: (nowMs: number) => KeptSinceMs;
}

/** A flush that is being written. */
interface Writing {
  taken: readonly Waiting[];
  /** Null where it could not be projected at first. */
  projected: WrittenBatches | null;
  /** Whether `projected` was written. Else the flush was projected anew, or given up. */
  ended: Promise<boolean>;
}

/**
 * Group commit over all topics: what arrives while a flush is being written goes into the next one, a transaction each.
 * Behind a backlog that one is projected meanwhile, so that this process and Postgres work at the same time; it is
 * written once the first one is. Bounded by its callers: a topic hands over two batches at most and waits for them.
 */
export class Projector {
  readonly #queue: FlushQueue;
  readonly #journaled: JournaledDeliveries;
  #running: Promise<void> | null = null;
  #stopped = false;
  /** Why the database does not take the rows at present, or null. */
  #failure: Error | null = null;
  readonly #told = new WeakSet<UnknownContractVersionError>();
  /** Batches that are not answered yet. Their topics may know nothing of a stop that an earlier batch met. */
  readonly #unanswered = new Set<Waiting>();
  /** Why a flush was given up; those behind it must not be stored without it. */
  #givenUp: Error | null = null;

  constructor(
    private readonly store: ProjectionStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: ProjectionMetrics,
    private readonly options: ProjectorOptions,
  ) {
    this.#queue = new FlushQueue(options);
    this.#journaled = new JournaledDeliveries(options.journaledKept);
  }

  /**
   * Resolves once the records are stored durably, so that their offsets may be committed, but for those of partitions
   * that it stops: their next record was written by a newer release.
   */
  add(topic: ProjectedTopic, records: readonly RecordToProject[]): Promise<BatchStop> {
    const { promise, resolve, reject } = Promise.withResolvers<BatchStop>();
    const waiting = { topic, records, stops: new Set<UnknownContractVersionError>(), resolve, reject };
    this.#unanswered.add(waiting);
    this.#queue.add(waiting);
    this.#running ??= this.#run();
    return promise;
  }

  /** Throws while flushes fail: the readiness of the service. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Gives up on a flush that fails; what is not stored is read again by the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    let writing: Writing | null = null;
    while (writing || !this.#queue.isEmpty) {
      const underWay: readonly Waiting[] = writing?.taken ?? [];
      const nowMs = this.clock.monotonicMs();
      if (!this.#queue.isFull(nowMs, underWay)) {
        if (writing) {
          writing = await this.#untilEndedOrFull(writing);
          continue;
        }
        if (!this.#stopped) await pause(this.options.lingerMs);
      }
      writing = await this.#flush(this.#queue.take(nowMs, underWay), writing);
    }
    this.#running = null;
  }

  /** Null once it has ended. What is not full waits as long as this for company. */
  #untilEndedOrFull(writing: Writing): Promise<Writing | null> {
    return Promise.race([writing.ended.then(() => null), this.#queue.untilFull().then(() => writing)]);
  }

  /** Resolves once `before` has ended and these are being written. */
  async #flush(taken: readonly Waiting[], before: Writing | null): Promise<Writing> {
    const startedMs = this.clock.monotonicMs();
    if (before && !before.projected) await before.ended;
    const projected = await this.#project(taken, before?.projected ?? null).catch(() => null);
    // Where the flush before was projected anew, others may have written, and what was made of its rows may be wrong.
    const holds = !before?.projected || (await before.ended);
    const valid = holds ? projected : null;
    return { taken, projected: valid, ended: this.#write(taken, valid, startedMs) };
  }

  async #write(taken: readonly Waiting[], projected: WrittenBatches | null, startedMs: number): Promise<boolean> {
    const { retryDelayMs, retryDelayMaxMs } = this.options;
    let ready = projected;
    for (let delayMs = retryDelayMs; ; delayMs = Math.min(delayMs * 2, retryDelayMaxMs)) {
      if (this.#givenUp) return this.#giveUp(taken, this.#givenUp);
      try {
        const { rows, stopped } = ready ?? (await this.#project(taken, null));
        await this.store.write(rows);
        this.#journaled.remember(rows);
        this.#failure = null;
        this.metrics.flushed(rows, this.clock.monotonicMs() - startedMs, this.clock.nowMs() - oldestMs(taken));
        for (const waiting of taken) this.#answer(waiting, stopped.get(waiting) ?? []);
        return ready !== null;
      } catch (error) {
        ready = null;
        this.#failure = error instanceof Error ? error : new Error(String(error));
        this.metrics.flushFailed();
        this.logger.error({ err: error }, 'the projections could not be written; trying again');
        if (this.#stopped) this.#givenUp = this.#failure;
        else await pause(delayMs);
      }
    }
  }

  #answer(waiting: Waiting, stops: readonly UnknownContractVersionError[]): void {
    this.#unanswered.delete(waiting);
    for (const other of this.#unanswered) {
      if (other.topic === waiting.topic) for (const error of stops) other.stops.add(error);
    }
    waiting.resolve({ stopped: stops.map((error) => this.#stop(error)) });
  }

  #giveUp(taken: readonly Waiting[], error: Error): false {
    for (const waiting of taken) {
      this.#unanswered.delete(waiting);
      waiting.reject(error);
    }
    return false;
  }

  #project(taken: readonly Waiting[], before: WrittenBatches | null): Promise<WrittenBatches> {
    const { mask, keptSince } = this.options;
    const since = keptSince?.(this.clock.nowMs()) ?? ALL_KEPT;
    return projectBatches(this.store, taken, { mask, since, before, journaled: this.#journaled });
  }

  #stop(error: UnknownContractVersionError): StoppedAt {
    const { topic, partition, offset } = error.position;
    if (!this.#told.has(error)) {
      this.#told.add(error);
      this.metrics.partitionStopped(topic);
      this.logger.fatal({ err: error, ...error.position }, 'a partition stopped: its record needs a newer release');
    }
    return { partition, offset, reason: error.message };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Records of a batch are oldest first in each partition, so the first one is nearly the oldest. */
function oldestMs(taken: readonly Waiting[]): number {
  return Math.min(...taken.map(({ records }) => records[0]?.timestampMs ?? Number.POSITIVE_INFINITY));
}
