import type { Messaging, Position, RecordBatch, Subscription, TopicPartition } from '@hookstile/messaging';
import type { Logger } from 'pino';
import type { Pressure } from '../lanes/memory.js';
import type { DeliveryIntake } from './delivery-intake.js';

/** A dead member's partitions are given away after this; the lease, not the group, is what fences it. */
const SESSION_TIMEOUT_MS = 6_000;
/** What closely follows on fetched records comes with the next fetch (docs/adr/0017). */
const FETCH_INTERVAL_MS = 8;
/**
 * What is fetched is taken in at once, and holds up all attempts for as long: some two hundred deliveries of a kilobyte.
 * A batch that is larger comes whole, when the broker comes to its partition first.
 */
const FETCH_PARTITION_MAX_BYTES = 128 * 1024;

export interface DeliveriesConsumerOptions {
  messaging: Messaging;
  topic: string;
  groupId: string;
  logger: Logger;
  onAssignment(partitions: ReadonlySet<number>): void;
}

/** Reads `deliveries`. A partition's records wait undecided, and it is paused, until its intake is there. */
export class DeliveriesConsumer {
  private subscription: Subscription | null = null;
  private assigned: ReadonlySet<number> = new Set();
  private readonly intakes = new Map<number, DeliveryIntake>();
  private readonly early = new Map<number, RecordBatch[]>();
  private readonly endOffsets = new Map<number, number>();
  /** Partitions whose intake takes nothing at present. */
  private readonly blocked = new Set<number>();
  private pressure: Pressure = { heavy: new Set(), isFull: false };
  private stopping = false;
  private committing: Promise<void> = Promise.resolve();

  constructor(private readonly options: DeliveriesConsumerOptions) {}

  async start(): Promise<void> {
    const { messaging, topic, groupId } = this.options;
    this.subscription = await messaging.subscribe({
      groupId,
      topics: [topic],
      from: 'beginning',
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      fetchIntervalMs: FETCH_INTERVAL_MS,
      fetchPartitionMaxBytes: FETCH_PARTITION_MAX_BYTES,
      onBatch: (batch) => this.take(batch),
      onAssignment: (partitions) => this.assign(partitions),
    });
    // The assignment can come before the subscription is returned.
    this.pauseAsNeeded();
  }

  /** End offsets as the last batches told them. */
  get highWatermarks(): ReadonlyMap<number, number> {
    return this.endOffsets;
  }

  /** Begins a partition at `from`: with what waits where it begins there, else by reading it again. */
  activate(partition: number, intake: DeliveryIntake, from: number): void {
    const early = this.early.get(partition) ?? [];
    this.early.delete(partition);
    this.blocked.delete(partition);
    this.intakes.set(partition, intake);
    const firstOffset = early[0]?.records[0]?.offset;
    if (firstOffset !== undefined && firstOffset <= from) for (const batch of early) intake.push(batch.records);
    else this.seek(partition, from);
    if (this.isWanted(partition)) this.resume([partition]);
  }

  /** What an intake asks for. */
  block(partition: number, blocked: boolean): void {
    if (!this.intakes.has(partition)) return;
    if (blocked) this.blocked.add(partition);
    else this.blocked.delete(partition);
    if (blocked) this.subscription?.pause([this.topicPartition(partition)]);
    else if (this.isWanted(partition)) this.resume([partition]);
  }

  deactivate(partition: number): void {
    this.intakes.get(partition)?.stop();
    this.intakes.delete(partition);
    this.blocked.delete(partition);
    this.early.delete(partition);
    this.subscription?.pause([this.topicPartition(partition)]);
  }

  /** With the lanes' memory short, of some partitions, or of all, nothing is fetched. */
  press({ heavy, isFull }: Pressure): void {
    this.pressure = { heavy: new Set(heavy), isFull };
    this.resume([...this.intakes.keys()].filter((partition) => this.isWanted(partition)));
    this.pauseAsNeeded();
  }

  seek(partition: number, offset: number): void {
    this.subscription?.seek({ ...this.topicPartition(partition), offset });
  }

  /** Commits come one after the other; one that fails is made good by the next. */
  commit(offsets: ReadonlyMap<number, number>): Promise<void> {
    const positions: Position[] = [...offsets].map(([partition, offset]) => ({
      ...this.topicPartition(partition),
      offset,
    }));
    this.committing = this.committing
      .then(() => this.subscription?.commit(positions))
      .catch((error) => this.options.logger.warn({ err: error }, 'offsets were not committed'));
    return this.committing;
  }

  /** Stops fetching; the group's membership is kept for the last commit. */
  quiet(): void {
    this.stopping = true;
    for (const intake of this.intakes.values()) intake.stop();
    this.pauseAsNeeded();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.committing;
    await this.subscription?.stop();
  }

  private take(batch: RecordBatch): void {
    if (this.stopping) return;
    this.endOffsets.set(batch.partition, batch.highWatermark);
    const intake = this.intakes.get(batch.partition);
    if (intake) {
      intake.push(batch.records);
      return;
    }
    const early = this.early.get(batch.partition) ?? [];
    early.push(batch);
    this.early.set(batch.partition, early);
  }

  private assign(partitions: readonly TopicPartition[]): void {
    this.assigned = new Set(partitions.map(({ partition }) => partition));
    // A rejoin reads again from the commit: what came early would come twice.
    this.early.clear();
    for (const partition of [...this.endOffsets.keys()])
      if (!this.assigned.has(partition)) this.endOffsets.delete(partition);
    this.pauseAsNeeded();
    if (!this.stopping) this.options.onAssignment(this.assigned);
  }

  /** A rebalance resumes everything. */
  private pauseAsNeeded(): void {
    const paused = [...this.assigned].filter((partition) => !this.isWanted(partition));
    this.subscription?.pause(paused.map((partition) => this.topicPartition(partition)));
  }

  private isWanted(partition: number): boolean {
    const isPressed = this.pressure.isFull || this.pressure.heavy.has(partition);
    return !isPressed && !this.stopping && this.intakes.has(partition) && !this.blocked.has(partition);
  }

  private resume(partitions: readonly number[]): void {
    this.subscription?.resume(partitions.map((partition) => this.topicPartition(partition)));
  }

  private topicPartition(partition: number): TopicPartition {
    return { topic: this.options.topic, partition };
  }
}
