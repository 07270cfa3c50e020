import type {
  Messaging,
  Position,
  ReceivedRecord,
  RecordBatch,
  Subscription,
  TopicPartition,
} from '@hookstile/messaging';
import type { IngestMetrics } from '../ingest-metrics.js';
import { FetchPauses } from './fetch-pauses.js';
import { type Amount, RecordQueue } from './record-queue.js';

/** A killed router's partitions stand still for as long, also where its successor is up at once. */
const SESSION_TIMEOUT_MS = 6_000;
/** What closely follows on fetched records comes with the next fetch (docs/adr/0017). */
const FETCH_INTERVAL_MS = 8;

export interface EventsConsumerOptions {
  messaging: Pick<Messaging, 'subscribe'>;
  topic: string;
  groupId: string;
  metrics: Pick<IngestMetrics, 'rebalances'>;
}

/** Membership of the router's group: queues what is fetched, within bounds, until a round takes it. */
export class EventsConsumer {
  private readonly queue = new RecordQueue();
  private readonly pauses = new FetchPauses(this.queue);
  private readonly highWatermarks = new Map<number, number>();
  private assigned = new Set<number>();
  private stopped = false;
  private subscription: Subscription | null = null;
  private wake: (() => void) | null = null;
  /** Rises with each assignment, so that a reader can tell that what it knows of partitions may be stale. */
  generation = 0;

  constructor(private readonly options: EventsConsumerOptions) {}

  /** Resolves once the group has assigned partitions, or none; a killed member holds that up until its session ends. */
  async start(): Promise<void> {
    const { messaging, topic, groupId } = this.options;
    const subscription = await messaging.subscribe({
      groupId,
      topics: [topic],
      from: 'beginning',
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      fetchIntervalMs: FETCH_INTERVAL_MS,
      onBatch: (batch) => this.enqueue(batch),
      onAssignment: (partitions) => this.assign(partitions),
    });
    this.subscription = subscription;
    if (this.stopped) await subscription.stop();
  }

  get partitions(): ReadonlySet<number> {
    return this.assigned;
  }

  /** Resolves once something is queued, the assignment has changed, or `interrupt` is called. */
  async ready(): Promise<void> {
    if (this.queue.records > 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.wake = resolve;
    await promise;
  }

  interrupt(): void {
    this.wake?.();
    this.wake = null;
  }

  take(most: Amount): ReceivedRecord[] {
    const round = this.queue.take(most);
    this.subscription?.resume(this.topicPartitions(this.pauses.toResume(this.assigned)));
    return round;
  }

  async commit(offsets: ReadonlyMap<number, number>): Promise<void> {
    const { topic } = this.options;
    const positions: Position[] = [];
    for (const [partition, offset] of offsets) {
      if (this.assigned.has(partition)) positions.push({ topic, partition, offset });
    }
    if (positions.length > 0) await this.subscription?.commit(positions);
  }

  /** Records behind `next` of each partition, as of the newest fetch. */
  lagOf(next: ReadonlyMap<number, number>): Map<number, number> {
    const lags = new Map<number, number>();
    for (const partition of this.assigned) {
      const high = this.highWatermarks.get(partition);
      if (high !== undefined) lags.set(partition, Math.max(0, high - (next.get(partition) ?? 0)));
    }
    return lags;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.subscription?.stop();
  }

  private enqueue(batch: RecordBatch): void {
    this.highWatermarks.set(batch.partition, batch.highWatermark);
    this.queue.push(batch);
    this.pauseWhenFull();
    this.interrupt();
  }

  /** A pause does not outlive a rejoin: every partition is fetched again, and a queue that is still full pauses it anew. */
  private assign(partitions: readonly TopicPartition[]): void {
    this.assigned = new Set(partitions.map(({ partition }) => partition));
    this.queue.keep((partition) => this.assigned.has(partition));
    this.generation += 1;
    this.options.metrics.rebalances.add(1);
    this.pauses.forget();
    this.subscription?.resume(this.topicPartitions(this.assigned));
    this.pauseWhenFull();
    this.interrupt();
  }

  private pauseWhenFull(): void {
    this.subscription?.pause(this.topicPartitions(this.pauses.toPause(this.assigned)));
  }

  private topicPartitions(partitions: Iterable<number>): TopicPartition[] {
    return Array.from(partitions, (partition) => ({ topic: this.options.topic, partition }));
  }
}
