import { BaseRpcContext, type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { Assignment } from '../port/assignment.js';
import type { Messaging, Subscription } from '../port/messaging.js';
import { type MessagingLogger, silentLogger } from '../port/messaging-logger.js';
import type { RecordBatch, TopicPartition } from '../port/records.js';
import { Commits } from './commits.js';
import { positionsBefore, type StoppedAt, StoppedPartitions, stoppedIn } from './stopped-partitions.js';
import { type MergedBatch, TopicBuffer } from './topic-buffer.js';
import { TopicPump } from './topic-pump.js';

export type { BatchStop, StoppedAt } from './stopped-partitions.js';
export type { MergedBatch } from './topic-buffer.js';

export interface BatchTransportOptions {
  messaging: Messaging;
  groupId: string;
  /** The full topic name of an `@EventPattern`, which names it without its prefix. */
  topicOf: (pattern: string) => string;
  logger?: MessagingLogger;
  /** Waits this long for more records, unless a batch is full; 0 = none. */
  lingerMs?: number;
  batchMaxRecords?: number;
  /**
   * Of one topic, how many batches a handler may have at a time. Beyond the first only full ones: it is behind then. They
   * are handed over in order and committed in order; one that is rejected comes again after those that were handed over,
   * and one that was handed over before a stop was known has to stop there, too.
   */
  batchesAtOnce?: number;
  /** Bounds of what waits for a topic's handler; beyond, its partitions pause. */
  bufferMaxRecords?: number;
  bufferMaxBytes?: number;
  commitIntervalMs?: number;
  /** How long `close` lets handlers go on. */
  drainTimeoutMs?: number;
  retryDelayMs?: number;
  retryDelayMaxMs?: number;
  fetchMinBytes?: number;
  fetchMaxWaitMs?: number;
  fetchPartitionMaxBytes?: number;
}

const DEFAULTS = {
  lingerMs: 0,
  batchMaxRecords: 1_000,
  batchesAtOnce: 1,
  bufferMaxRecords: 4_000,
  bufferMaxBytes: 16 * 1024 * 1024,
  commitIntervalMs: 1_000,
  drainTimeoutMs: 10_000,
  retryDelayMs: 200,
  retryDelayMaxMs: 5_000,
  logger: silentLogger,
};

interface TopicFlow {
  buffer: TopicBuffer;
  pump: TopicPump;
  paused: boolean;
}

/**
 * Lets `@EventPattern('routings')` methods take whole batches: Nest's own Kafka transport hands over single messages
 * and awaits each. A handler must be idempotent: after a crash, and after a failure, records come again. One that can
 * never take a record resolves with a `BatchStop`: that partition stands still from there on, the others go on.
 */
export class BatchTransportStrategy extends Server implements CustomTransportStrategy {
  private readonly options: BatchTransportOptions & typeof DEFAULTS;
  private readonly flows = new Map<string, TopicFlow>();
  private readonly commits: Commits;
  private subscription: Subscription | null = null;
  private assignment = new Assignment();
  private readonly stopped = new StoppedPartitions();

  constructor(options: BatchTransportOptions) {
    super();
    this.options = { ...DEFAULTS, ...options };
    const { commitIntervalMs, logger } = this.options;
    this.commits = new Commits(async (due) => this.subscription?.commit(due), commitIntervalMs, logger);
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    const { messaging, groupId, topicOf, fetchMinBytes, fetchMaxWaitMs, fetchPartitionMaxBytes } = this.options;
    for (const [pattern, handler] of this.messageHandlers) this.addFlow(topicOf(pattern), handler);
    try {
      this.subscription = await messaging.subscribe({
        groupId,
        topics: [...this.flows.keys()],
        from: 'beginning',
        ...(fetchMinBytes === undefined ? {} : { fetchMinBytes }),
        ...(fetchMaxWaitMs === undefined ? {} : { fetchMaxWaitMs }),
        ...(fetchPartitionMaxBytes === undefined ? {} : { fetchPartitionMaxBytes }),
        onBatch: (batch) => this.onBatch(batch),
        onAssignment: (partitions) => this.onAssignment(partitions),
      });
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Stops fetching, lets handlers finish what is buffered, commits, leaves the group. */
  async close(): Promise<void> {
    this.subscription?.pause(this.assignment.partitions);
    const { drainTimeoutMs } = this.options;
    await Promise.all([...this.flows.values()].map(({ pump }) => pump.drain(drainTimeoutMs)));
    await this.commits.close();
    await this.subscription?.stop();
  }

  /** Throws while a partition is stopped. */
  checkHealth(): void {
    this.stopped.check();
  }

  on(): never {
    throw new Error('this transport emits no events');
  }

  unwrap<T>(): T {
    return this.subscription as T;
  }

  private addFlow(topic: string, handler: MessageHandler): void {
    const buffer = new TopicBuffer(topic);
    const pump = new TopicPump({
      ...this.options,
      buffer,
      handle: async (batch: MergedBatch) => {
        const result = await handler(batch, new BaseRpcContext([batch.topic]));
        return stoppedIn(isObservable(result) ? await lastValueFrom(result, { defaultValue: null }) : result);
      },
      onHandled: ({ positions }, stopped) => {
        for (const stop of stopped) this.stop(topic, buffer, stop);
        this.commits.add(positionsBefore(positions, stopped));
        this.resumeIfRoom(topic);
      },
    });
    this.flows.set(topic, { buffer, pump, paused: false });
  }

  private onBatch(batch: RecordBatch): void {
    const flow = this.flows.get(batch.topic);
    if (!flow || this.stopped.has(batch)) return;
    flow.buffer.add(batch);
    if (!flow.paused && this.isFull(flow)) this.pauseTopic(flow);
    flow.pump.wake();
  }

  /** The new assignment comes unpaused; what is still full pauses again. */
  private onAssignment(partitions: readonly TopicPartition[]): void {
    this.assignment = new Assignment(partitions);
    this.commits.keepOnly(this.assignment);
    this.stopped.keepOnly(this.assignment);
    this.subscription?.pause(this.stopped.partitions);
    for (const flow of this.flows.values()) {
      flow.buffer.keepOnly(this.assignment);
      flow.paused = false;
      if (this.isFull(flow)) this.pauseTopic(flow);
    }
  }

  private stop(topic: string, buffer: TopicBuffer, stop: StoppedAt): void {
    const { partition, offset, reason } = stop;
    // A batch that was handed over before this was known says it again.
    if (this.stopped.has({ topic, partition })) return;
    this.stopped.add(topic, stop);
    this.subscription?.pause([{ topic, partition }]);
    buffer.drop((dropped) => dropped === partition);
    this.options.logger.error({ alarm: 'partition_stopped', topic, partition, offset, reason }, 'a partition stopped');
  }

  private isFull({ buffer }: TopicFlow): boolean {
    return buffer.length >= this.options.bufferMaxRecords || buffer.bytes >= this.options.bufferMaxBytes;
  }

  private pauseTopic(flow: TopicFlow): void {
    flow.paused = true;
    this.subscription?.pause(flow.buffer.partitionsOf(this.assignment.partitions));
  }

  private resumeIfRoom(topic: string): void {
    const flow = this.flows.get(topic);
    if (!flow?.paused) return;
    const { bufferMaxRecords, bufferMaxBytes } = this.options;
    if (flow.buffer.length > bufferMaxRecords / 2 || flow.buffer.bytes > bufferMaxBytes / 2) return;
    flow.paused = false;
    const partitions = flow.buffer.partitionsOf(this.assignment.partitions);
    this.subscription?.resume(partitions.filter((partition) => !this.stopped.has(partition)));
  }
}
