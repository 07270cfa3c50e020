import type { BatchStop, StoppedAt } from '@hookstile/messaging/nest';
import type { Clock, PayloadMask } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import type { KeptSinceMs } from '../partitions/kept-since.js';
import type { ProjectedTopic, RecordToProject } from '../project/project-record.js';
import type { UnknownContractVersionError } from '../project/unknown-contract-version.error.js';
import type { ProjectionStore } from './projection.store.js';
import type { ProjectionMetrics } from './projection-metrics.js';
import { type Batch, type WrittenBatches, writeBatches } from './write-batches.js';

export interface ProjectorOptions {
  /** Waits this long for other topics' records before a flush: what was routed and delivered at once is one row. */
  lingerMs: number;
  /** Waits this long between tries while the database does not take a flush; doubles up to the second. */
  retryDelayMs: number;
  retryDelayMaxMs: number;
  /** Takes secrets out of payloads. */
  mask: PayloadMask;
  /** Which days retention has dropped at a moment; left out, none. */
  keptSince?: (nowMs: number) => KeptSinceMs;
}

interface Waiting extends Batch {
  resolve(stop: BatchStop): void;
  reject(error: unknown): void;
}

/**
 * Group commit over all topics: what arrives while a flush is in flight is written by the next one, in one transaction.
 * Bounded by its callers: each topic hands over one batch and waits for it.
 */
export class Projector {
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #stopped = false;
  /** Why the database does not take the rows at present, or null. */
  #failure: Error | null = null;

  constructor(
    private readonly store: ProjectionStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: ProjectionMetrics,
    private readonly options: ProjectorOptions,
  ) {}

  /**
   * Resolves once the records are stored durably, so that their offsets may be committed, but for those of partitions
   * that it stops: their next record was written by a newer release.
   */
  add(topic: ProjectedTopic, records: readonly RecordToProject[]): Promise<BatchStop> {
    const stored = new Promise<BatchStop>((resolve, reject) => this.#waiting.push({ topic, records, resolve, reject }));
    this.#running ??= this.#run();
    return stored;
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
    while (this.#waiting.length > 0) {
      if (!this.#stopped) await pause(this.options.lingerMs);
      const taken = this.#waiting;
      this.#waiting = [];
      await this.#flush(taken);
    }
    this.#running = null;
  }

  async #flush(taken: readonly Waiting[]): Promise<void> {
    for (let delayMs = this.options.retryDelayMs; ; delayMs = Math.min(delayMs * 2, this.options.retryDelayMaxMs)) {
      try {
        const stopped = await this.#write(taken);
        this.#failure = null;
        for (const waiting of taken) {
          waiting.resolve({ stopped: (stopped.get(waiting) ?? []).map((error) => this.#stop(error)) });
        }
        return;
      } catch (error) {
        this.#failure = error instanceof Error ? error : new Error(String(error));
        this.metrics.flushFailed();
        this.logger.error({ err: error }, 'the projections could not be written; trying again');
        if (this.#stopped) {
          for (const waiting of taken) waiting.reject(error);
          return;
        }
        await pause(delayMs);
      }
    }
  }

  #stop(error: UnknownContractVersionError): StoppedAt {
    const { topic, partition, offset } = error.position;
    this.metrics.partitionStopped(topic);
    this.logger.fatal({ err: error, ...error.position }, 'a partition stopped: its record needs a newer release');
    return { partition, offset, reason: error.message };
  }

  async #write(taken: readonly Waiting[]): Promise<WrittenBatches['stopped']> {
    const { mask, keptSince } = this.options;
    const startedMs = this.clock.monotonicMs();
    const { rows, stopped } = await writeBatches(this.store, taken, mask, keptSince?.(this.clock.nowMs()));
    this.metrics.flushed(rows, this.clock.monotonicMs() - startedMs, this.clock.nowMs() - oldestMs(taken));
    return stopped;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Records of a batch are oldest first in each partition, so the first one is nearly the oldest. */
function oldestMs(taken: readonly Waiting[]): number {
  return Math.min(...taken.map(({ records }) => records[0]?.timestampMs ?? Number.POSITIVE_INFINITY));
}
