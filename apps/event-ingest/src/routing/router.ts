import type { ReceivedRecord } from '@hookstile/messaging';
import { type Clock, type Logger, reasonOf } from '@hookstile/service-runtime';
import type { EventsConsumer } from '../consumes/events.consumer.js';
import type { IngestMetrics } from '../ingest-metrics.js';
import type { RoutingProgress } from './progress.js';

export const ROUND_MAX_BYTES = 8 * 1024 * 1024;
export const RETRY_DELAY_MS = 100;
export const RETRY_DELAY_MAX_MS = 5_000;
export const START_DELAY_MS = 250;
export const START_DELAY_MAX_MS = 10_000;
export const CHECKPOINT_INTERVAL_MS = 1_000;
/** With Kafka or Postgres away a round or a commit does not end; a stop leaves it as it is after this. */
export const STOP_TIMEOUT_MS = 8_000;

/** Takes what one round holds from bytes to acknowledged records. */
export interface Rounds {
  /** Of the next round. */
  readonly maxRecords: number;
  /** Where it rejects, the same round is given again. */
  route(records: readonly ReceivedRecord[]): Promise<void>;
}

export interface RouterOptions {
  /** What is routed, by the name of its topic. */
  source: 'events' | 'redeliveries';
  /** Opens the database that inbox and progress need; called again while it rejects. */
  openStores(): Promise<void>;
  consumer: EventsConsumer;
  rounds: Rounds;
  progress: RoutingProgress;
  clock: Clock;
  /** Must not keep the process alive: what waits is abandoned at the stop. */
  sleep(ms: number): Promise<void>;
  logger: Logger;
  metrics: IngestMetrics;
}

function isFinal(error: unknown): boolean {
  return error instanceof Error && (error as { retryable?: unknown }).retryable === false;
}

/**
 * It starts beside the front door, which waits for none of it. One loop over all assigned partitions: a round collects
 * what was fetched while the round before it ran. A round that fails is tried again until it succeeds, its partitions
 * are lost, or the router stops; none is ever skipped.
 */
export class Router {
  private loop: Promise<void> | null = null;
  private stopping = false;
  /** Why it does not route yet; null once it is a member of its group. */
  private obstacle: string | null = 'it is joining its consumer group';
  private failure: Error | null = null;
  private loadedGeneration = -1;
  private checkpointDue = false;
  private checkpointing: Promise<void> = Promise.resolve();
  private readonly stopRequested = Promise.withResolvers<void>();

  constructor(private readonly options: RouterOptions) {}

  /** Returns at once: the stores are opened and the group is joined in the background, again and again if need be. */
  start(): void {
    this.loop = this.begin().then(() => this.run());
  }

  get started(): boolean {
    return this.obstacle === null;
  }

  /** Throws what keeps the router from routing everything. */
  checkHealth(): void {
    if (this.failure) throw this.failure;
    if (this.obstacle !== null) throw new Error(this.obstacle);
    const { source, progress } = this.options;
    const [stopped] = progress.stopped;
    if (stopped) throw new Error(`partition ${stopped[0]} of ${source} is stopped: ${stopped[1]}`);
  }

  /** Ends the running round, stores and commits what was routed, and leaves the group. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.stopRequested.resolve();
    this.options.consumer.interrupt();
    await Promise.race([this.finish(), this.options.sleep(STOP_TIMEOUT_MS)]);
    await this.options.consumer.stop();
  }

  private async finish(): Promise<void> {
    await this.loop;
    await this.checkpointing;
    await this.checkpoint();
  }

  private async begin(): Promise<void> {
    const { openStores, consumer, logger } = this.options;
    let delayMs = START_DELAY_MS;
    while (!this.stopping) {
      try {
        await Promise.race([openStores().then(() => consumer.start()), this.stopRequested.promise]);
        if (!this.stopping) this.obstacle = null;
        return;
      } catch (error) {
        this.obstacle = reasonOf(error);
        logger.warn({ err: error, delayMs }, 'the router cannot start yet; it tries again');
        await this.pause(delayMs);
        delayMs = Math.min(delayMs * 2, START_DELAY_MAX_MS);
      }
    }
  }

  private async run(): Promise<void> {
    const { consumer, rounds } = this.options;
    while (!this.stopping) {
      // After an assignment a round needs no records: what is lost is to be told before the next event comes.
      if (this.loadedGeneration === consumer.generation) await consumer.ready();
      if (this.stopping) return;
      const records = consumer.take({ records: rounds.maxRecords, bytes: ROUND_MAX_BYTES });
      if (records.length > 0 || this.loadedGeneration !== consumer.generation) await this.routeUntilDone(records);
    }
  }

  private async routeUntilDone(records: readonly ReceivedRecord[]): Promise<void> {
    let delayMs = RETRY_DELAY_MS;
    while (!this.stopping) {
      try {
        return await this.routeOnce(records);
      } catch (error) {
        if (this.stopping) return;
        if (isFinal(error)) return this.fail(error as Error);
        this.options.metrics.roundFailures.add(1);
        this.options.logger.warn({ err: error, records: records.length, delayMs }, 'a round failed and is tried again');
        await this.pause(delayMs);
        delayMs = Math.min(delayMs * 2, RETRY_DELAY_MAX_MS);
      }
    }
  }

  private async routeOnce(records: readonly ReceivedRecord[]): Promise<void> {
    const { consumer, progress, rounds, metrics, clock } = this.options;
    if (this.loadedGeneration !== consumer.generation) await this.loadProgress();
    const round = await progress.withoutLost(progress.select(records, consumer.partitions));
    if (round.length === 0) return;
    const startMs = clock.monotonicMs();
    await rounds.route(round);
    metrics.roundMs.record(clock.monotonicMs() - startMs);
    metrics.roundRecords.record(round.length);
    progress.routed(round);
    this.scheduleCheckpoint();
  }

  private async loadProgress(): Promise<void> {
    const { consumer, progress } = this.options;
    const { generation } = consumer;
    await progress.load(consumer.partitions);
    this.loadedGeneration = generation;
  }

  /** Nothing after the round may be routed: the records stay uncommitted for a release that can go on. */
  private fail(error: Error): void {
    this.failure = error;
    this.stopping = true;
    this.options.logger.fatal({ alarm: 'router_stopped', err: error }, 'the router cannot go on');
  }

  private scheduleCheckpoint(): void {
    if (this.checkpointDue) return;
    this.checkpointDue = true;
    void this.pause(CHECKPOINT_INTERVAL_MS).then(() => {
      this.checkpointDue = false;
      if (!this.stopping) this.checkpointing = this.checkpoint();
    });
  }

  /** First the store, then Kafka: what is committed must never be above what is known to be routed. */
  private async checkpoint(): Promise<void> {
    const { consumer, progress, logger } = this.options;
    if (!progress.hasUnsaved) return;
    try {
      await consumer.commit(await progress.save());
    } catch (error) {
      logger.warn({ err: error }, 'a checkpoint failed; it is tried again with the next');
      if (!this.stopping) this.scheduleCheckpoint();
    }
  }

  private async pause(ms: number): Promise<void> {
    await Promise.race([this.options.sleep(ms), this.stopRequested.promise]);
  }
}
