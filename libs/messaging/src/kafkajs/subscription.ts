import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch, Consumer, ConsumerCrashEvent, ConsumerGroupJoinEvent } from 'kafkajs';
import { Assignment, byTopic } from '../port/assignment.js';
import type { Subscription, SubscriptionOptions } from '../port/messaging.js';
import type { Position, TopicPartition } from '../port/records.js';
import { unavailable } from './broker-error.js';
import type { Client } from './client.js';
import { FetchPacer } from './fetch-pacer.js';
import { receivedRecord, tellUnreadable } from './received-record.js';

const SESSION_TIMEOUT_MS = 10_000;
const REBALANCE_TIMEOUT_MS = 30_000;
const HEARTBEATS_A_SESSION = 10;
const FETCH_MAX_WAIT_MS = 250;
const FETCH_MAX_BYTES = 4 * 1024 * 1024;
const PARTITION_MAX_BYTES = 1024 * 1024;
const FETCH_INTERVAL_MS = 3;
/** As many partitions as one service usually has of a topic: the others of a fetch follow after its pause. */
const HANDLERS_AT_ONCE = 12;
const RESTART_DELAY_MS = 1_000;
const JOIN_WAIT_MS = 2_000;
/** kafkajs waits for the answers of all requests; that of a join comes once the sessions of dead members have ended. */
const LEAVE_TIMEOUT_MS = 3_000;
const NOT_RUNNING = /^Consumer group was not initialized/;

/** A member of a consumer group. kafkajs only fetches and keeps the membership; nothing is committed but by `commit`. */
export class KafkajsSubscription implements Subscription {
  private readonly consumer: Consumer;
  private current = new Assignment();
  private readonly pacer: FetchPacer;
  private stopping: Promise<void> | null = null;
  private joined = Promise.withResolvers<void>();

  constructor(
    private readonly client: Client,
    private readonly options: SubscriptionOptions,
  ) {
    const sessionTimeout = options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS;
    const partitionMaxBytes = options.fetchPartitionMaxBytes ?? PARTITION_MAX_BYTES;
    this.consumer = client.memberKafka(sessionTimeout).consumer({
      groupId: options.groupId,
      sessionTimeout,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: Math.floor(sessionTimeout / HEARTBEATS_A_SESSION),
      // The broker counts of a partition only what it may send: one with a backlog would wait for others without.
      minBytes: Math.min(options.fetchMinBytes ?? 1, partitionMaxBytes),
      maxWaitTimeInMs: options.fetchMaxWaitMs ?? FETCH_MAX_WAIT_MS,
      maxBytes: FETCH_MAX_BYTES,
      maxBytesPerPartition: partitionMaxBytes,
      allowAutoTopicCreation: false,
    });
    this.pacer = new FetchPacer(options.fetchIntervalMs ?? FETCH_INTERVAL_MS);
    this.consumer.on(this.consumer.events.GROUP_JOIN, (event) => this.onGroupJoin(event));
    this.consumer.on(this.consumer.events.FETCH_START, () => this.pacer.fetchStarted());
    this.consumer.on(this.consumer.events.CRASH, (event) => this.onCrash(event));
  }

  /** Resolves once the group has assigned partitions, or none, or `stop` has come first. */
  async start(): Promise<void> {
    const { groupId, topics, from } = this.options;
    try {
      await this.consumer.connect();
      await this.consumer.subscribe({ topics: [...topics], fromBeginning: from === 'beginning' });
    } catch (error) {
      await this.consumer.disconnect().catch(() => {});
      throw unavailable(`group ${groupId} cannot be joined`, error);
    }
    await this.run();
    await this.joined.promise;
  }

  get assignment(): readonly TopicPartition[] {
    return this.current.partitions;
  }

  async commit(positions: readonly Position[]): Promise<void> {
    const own = this.current.only(positions);
    if (own.length === 0 || this.stopping) return;
    try {
      await this.consumer.commitOffsets(own.map(({ offset, ...partition }) => ({ ...partition, offset: `${offset}` })));
    } catch (error) {
      throw unavailable(`group ${this.options.groupId} cannot commit`, error);
    }
  }

  pause(partitions: readonly TopicPartition[]): void {
    if (partitions.length > 0) this.whileRunning(() => this.consumer.pause(byTopic(partitions)));
  }

  resume(partitions: readonly TopicPartition[]): void {
    if (partitions.length > 0) this.whileRunning(() => this.consumer.resume(byTopic(partitions)));
  }

  seek({ topic, partition, offset }: Position): void {
    this.whileRunning(() => this.consumer.seek({ topic, partition, offset: `${offset}` }));
  }

  stop(): Promise<void> {
    this.stopping ??= this.leave();
    return this.stopping;
  }

  /**
   * Between a crash and its next run kafkajs throws at each of these. Nothing is fetched then, and the assignment that
   * follows begins anew: without pauses, at the commits.
   */
  private whileRunning(act: () => void): void {
    if (this.stopping) return;
    try {
      act();
    } catch (error) {
      if (!(error instanceof Error && NOT_RUNNING.test(error.message))) throw error;
    }
  }

  /**
   * kafkajs ignores a stop in the middle of a join and then consumes for ever; so the join is awaited first, for a
   * while. One that comes later leaves as soon as it has joined, or failed to.
   */
  private async leave(): Promise<void> {
    await Promise.race([this.joined.promise, sleep(JOIN_WAIT_MS, undefined, { ref: false })]);
    this.current = new Assignment();
    try {
      await Promise.race([this.consumer.disconnect(), sleep(LEAVE_TIMEOUT_MS, undefined, { ref: false })]);
    } catch (error) {
      this.client.logger.warn({ groupId: this.options.groupId, err: error }, 'leaving a group failed');
    }
    this.joined.resolve();
  }

  /** After kafkajs has begun to consume, or has set the timer of its next start; before that it would ignore the call. */
  private leaveAgain(): void {
    setImmediate(() => void this.consumer.disconnect().catch(() => {}));
  }

  private async run(): Promise<void> {
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: HANDLERS_AT_ONCE,
      eachBatch: async ({ batch }) => {
        this.onBatch(batch);
        await this.pacer.pause();
      },
    });
  }

  /** An error that left this handler would make kafkajs restart the consumer. */
  private onBatch(batch: Batch): void {
    const { topic, partition, messages, highWatermark } = batch;
    if (this.stopping || messages.length === 0 || !this.current.has({ topic, partition })) return;
    const records = messages.map((message) => receivedRecord(topic, partition, message));
    tellUnreadable(this.client.logger, records);
    try {
      this.options.onBatch({ topic, partition, records, highWatermark: Number(highWatermark) });
    } catch (error) {
      this.client.logger.error({ topic, partition, err: error }, 'the handler of a batch threw');
    }
  }

  /** kafkajs keeps pauses across a rebalance; the new owner of a partition decides anew, so all are resumed. */
  private onGroupJoin({ payload }: ConsumerGroupJoinEvent): void {
    this.joined.resolve();
    if (this.stopping) {
      this.leaveAgain();
      return;
    }
    this.current = Assignment.of(payload.memberAssignment);
    const paused = this.consumer.paused();
    if (paused.length > 0) this.consumer.resume(paused);
    const assignment = JSON.stringify(payload.memberAssignment);
    this.client.logger.debug({ groupId: payload.groupId, assignment }, 'partitions assigned');
    try {
      this.options.onAssignment(this.current.partitions);
    } catch (error) {
      this.client.logger.error({ groupId: payload.groupId, err: error }, 'the handler of an assignment threw');
    }
  }

  /** kafkajs gives up after errors that it deems final, and stays silent ever after; a reader must not. */
  private onCrash({ payload: { error, groupId, restart } }: ConsumerCrashEvent): void {
    const before = this.joined;
    this.joined = Promise.withResolvers();
    this.joined.promise.then(before.resolve);
    if (this.stopping) {
      this.leaveAgain();
      return;
    }
    if (restart) return;
    this.client.logger.error({ groupId, err: error }, 'the consumer stopped; starting it again');
    void sleep(RESTART_DELAY_MS).then(() => (this.stopping ? undefined : this.run()));
  }
}
