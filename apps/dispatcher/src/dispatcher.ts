import type { IntegrationSignal, TopicName } from '@hookstile/contracts';
import type { Messaging, RecordPublisher } from '@hookstile/messaging';
import type { Clock, ConfigurationProjection } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import type { AttemptMaker } from './attempts/attempt.types.js';
import { ConfigurationConsumer } from './consumes/configuration.consumer.js';
import { DeliveriesConsumer } from './consumes/deliveries.consumer.js';
import type { DispatcherEnv } from './dispatcher.env.js';
import type { DispatcherCounts } from './dispatcher-counts.js';
import {
  LANE_SWEEP_INTERVAL_MS,
  MEMORY_MAX_BYTES,
  MEMORY_MAX_COUNT,
  MEMORY_RELIEF_INTERVAL_MS,
} from './lanes/lane.bounds.js';
import type { Lane, LaneTurn } from './lanes/lane.js';
import type { Fence, LaneStore } from './lanes/lane.store.js';
import type { LaneServices } from './lanes/lane-services.js';
import { Memory } from './lanes/memory.js';
import { RowReader } from './lanes/row-reader.js';
import { RowWriter } from './lanes/row-writer.js';
import { Timers } from './lanes/timers.js';
import { Turns } from './lanes/turns.js';
import type { LeaseStore } from './ownership/lease.store.js';
import { LeaseKeeper } from './ownership/lease-keeper.js';
import { OwnedPartitions } from './ownership/owned-partitions.js';
import { isDeadNeighbour } from './ownership/process-identity.js';
import { AttemptsPublisher } from './publishes/attempts.publisher.js';
import { IntegrationSignalsPublisher } from './publishes/integration-signals.publisher.js';

const SIGNAL_RETRY_DELAY_MS = 1_000;
/** Of the time that a stop may take, what is kept for the journal, the checkpoint and the release. */
const SHUTDOWN_RESERVE_MS = 4_000;
const PUBLISHER_CLOSE_MS = 1_000;
/** A lane is slow whose attempts take so much longer than those of the fastest tenth. */
const FAST_LANES_PART = 0.1;
const SLOW_LANE_FACTOR = 4;

export interface DispatcherParts {
  env: DispatcherEnv;
  messaging: Messaging;
  clock: Clock;
  /** From 0, below 1. */
  random: () => number;
  logger: Logger;
  projection: ConfigurationProjection;
  attempts: AttemptMaker;
  laneStore: LaneStore;
  leaseStore: LeaseStore;
  /** Of this process, unique. */
  owner: string;
  /** Where this process is reached, as far as that is known by now. */
  address(): string | null;
  topics: (name: TopicName) => string;
  counts: DispatcherCounts;
}

/** The dispatcher of one process: from its assignment of partitions to the release of their leases. */
export class Dispatcher {
  readonly partitions: OwnedPartitions;
  readonly turns: Turns<LaneTurn>;
  readonly memory: Memory;
  readonly journal: AttemptsPublisher;
  private readonly consumer: DeliveriesConsumer;
  private readonly leases: LeaseKeeper;
  private readonly timers: Timers<Lane>;
  private readonly configuration: ConfigurationConsumer;
  private readonly relief: NodeJS.Timeout;
  private readonly sweep: NodeJS.Timeout;

  static async start(parts: DispatcherParts): Promise<Dispatcher> {
    const { messaging } = parts;
    const dispatcher = new Dispatcher(
      parts,
      await messaging.publisher({ name: 'attempts' }),
      await messaging.publisher({ name: 'integration-signals' }),
    );
    dispatcher.configuration.start();
    dispatcher.leases.start();
    await dispatcher.consumer.start();
    return dispatcher;
  }

  private constructor(
    private readonly parts: DispatcherParts,
    private readonly journalPublisher: RecordPublisher,
    private readonly signalPublisher: RecordPublisher,
  ) {
    const { env, clock, logger, projection, messaging, laneStore, owner, counts, topics } = parts;
    const journal = new AttemptsPublisher(journalPublisher, topics('attempts'), logger);
    this.journal = journal;
    const writer = new RowWriter(laneStore, logger, ({ partition, epoch }) => this.leases.lose(partition, epoch));
    const signals = new IntegrationSignalsPublisher(
      signalPublisher,
      topics('integration-signals'),
      env.HOOKSTILE_PARTITIONS,
    );
    const bounds = {
      inFlightMax: env.HOOKSTILE_ATTEMPTS_IN_FLIGHT_MAX,
      perTenantMax: env.HOOKSTILE_ATTEMPTS_PER_TENANT_MAX,
      perOriginMax: env.HOOKSTILE_ATTEMPTS_PER_ORIGIN_MAX,
    };
    this.turns = new Turns<LaneTurn>(bounds, (turn) => turn.lane.shell.startAttempt(turn));
    this.timers = new Timers<Lane>(clock, (lane, nowMs) => lane.shell.give(lane, { kind: 'timer fired', nowMs }));
    this.memory = new Memory({ maxCount: MEMORY_MAX_COUNT, maxBytes: MEMORY_MAX_BYTES }, (pressure) =>
      this.consumer.press(pressure),
    );
    const lanes: LaneServices = {
      clock,
      random: parts.random,
      logger,
      attempts: parts.attempts,
      journal,
      store: laneStore,
      writer,
      reader: new RowReader(laneStore, logger),
      timers: this.timers,
      turns: this.turns,
      memory: this.memory,
      loaded: { bytes: 0 },
      awake: { count: 0 },
      // A timer of no delay could run before what has come is read, where others before it took a while.
      later: (delayMs, run) => void (delayMs > 0 ? setTimeout(run, delayMs) : setImmediate(run)),
      held: { maxCount: env.HOOKSTILE_HELD_MAX_COUNT, maxAgeMs: env.HOOKSTILE_HELD_MAX_AGE_MS },
      integration: (id) => projection.integration(id),
      holds: (partition) => this.leases.holds(partition),
      sendSignals: (fence, sent) => void this.sendSignals(signals, writer, fence, sent),
    };
    const integration = lanes.integration;
    this.partitions = new OwnedPartitions({
      takeover: {
        messaging,
        journal,
        store: laneStore,
        clock,
        logger,
        owner,
        topics: { deliveries: topics('deliveries'), attempts: topics('attempts') },
        integration,
        catchUp: () => projection.catchUp(),
      },
      lanes,
      consumer: () => this.consumer,
      clock,
      logger,
      catchUp: () => projection.catchUp(),
      release: async (partitions) => {
        for (const _ of partitions) counts.leaseChanged('released');
        await this.leases.release(partitions);
      },
      onTakenOver: (durationMs) => counts.takenOver(durationMs),
    });
    this.leases = this.leaseKeeper();
    this.consumer = new DeliveriesConsumer({
      messaging,
      topic: topics('deliveries'),
      groupId: `${env.HOOKSTILE_TOPIC_PREFIX}dispatcher`,
      logger,
      onAssignment: (assigned) => this.assign(assigned),
    });
    this.configuration = new ConfigurationConsumer(projection, (integrationId) => {
      for (const runner of this.partitions.runners) runner.integrationChanged(integrationId);
    });
    this.sweep = setInterval(() => {
      for (const runner of this.partitions.runners) runner.sweep();
    }, LANE_SWEEP_INTERVAL_MS);
    this.relief = setInterval(() => {
      if (this.memory.isShort) this.relieveMemory();
    }, MEMORY_RELIEF_INTERVAL_MS);
  }

  /** Records of `deliveries` that have not ended, or become rows, as far as the last batches told. */
  get lag(): number {
    let lag = 0;
    for (const [partition, end] of this.consumer.highWatermarks) {
      const runner = this.partitions.runnerOf(partition);
      if (runner) lag += Math.max(0, end - runner.progress.lowWater);
    }
    return lag;
  }

  /** Fetching stops, attempts end or are aborted, the journal is acknowledged; then checkpoint, commit, release. */
  async stop(): Promise<void> {
    this.consumer.quiet();
    this.configuration.stop();
    clearInterval(this.relief);
    clearInterval(this.sweep);
    this.leases.want(new Set());
    const timeoutMs = this.parts.env.HOOKSTILE_SHUTDOWN_TIMEOUT_MS - SHUTDOWN_RESERVE_MS;
    await this.partitions.closeAll(Math.max(0, timeoutMs));
    this.timers.stop();
    await this.consumer.stop();
    await this.leases.stop();
    await Promise.all([
      this.journalPublisher.close(PUBLISHER_CLOSE_MS),
      this.signalPublisher.close(PUBLISHER_CLOSE_MS),
    ]);
    await this.parts.attempts.close();
  }

  private leaseKeeper(): LeaseKeeper {
    const { leaseStore: store, clock, logger, owner, address, counts } = this.parts;
    const { partitions } = this;
    return new LeaseKeeper({
      store,
      clock,
      logger,
      owner,
      address,
      isDead: isDeadNeighbour,
      handlers: {
        onTaken: (taken) => {
          counts.leaseChanged('taken');
          partitions.take(taken);
        },
        onSuspended: (partition) => {
          counts.leaseChanged('suspended');
          logger.warn({ partition }, 'a lease ran out unrenewed: nothing of its partition is sent');
          partitions.runnerOf(partition)?.suspend();
        },
        onResumed: (partition) => {
          counts.leaseChanged('resumed');
          partitions.runnerOf(partition)?.resume();
        },
        onLost: (partition) => {
          counts.leaseChanged('lost');
          partitions.lose(partition);
        },
        checkpointOf: (partition) => partitions.checkpointOf(partition),
        onCheckpoints: (written) => {
          partitions.wasWritten(written);
          const offsets = [...written].map(
            ([partition, { deliveriesOffset }]) => [partition, deliveriesOffset] as const,
          );
          void this.consumer.commit(new Map(offsets));
        },
      },
    });
  }

  /** Slow is relative: where all lanes are as slow, as under more load than there is CPU, rows would only cost more of it. */
  private relieveMemory(): void {
    const { runners } = this.partitions;
    const means = runners.flatMap(({ meanAttemptsMs }) => meanAttemptsMs).sort((a, b) => a - b);
    const fast = means[Math.floor(means.length * FAST_LANES_PART)] ?? 0;
    for (const runner of runners) runner.relieveMemory(fast * SLOW_LANE_FACTOR);
  }

  /** Kept partitions keep their lease, lanes and attempts. */
  private assign(assigned: ReadonlySet<number>): void {
    this.parts.counts.rebalanced();
    const given = this.partitions.all.filter((partition) => !assigned.has(partition));
    this.leases.want(assigned);
    if (given.length === 0) return;
    this.partitions
      .handOver(given)
      .catch((error) => this.parts.logger.warn({ err: error, partitions: given }, 'partitions were not handed over'));
  }

  /** What a write has put into the outbox goes out, and then out of the outbox; what a crash leaves there, a successor sends. */
  private async sendSignals(
    publisher: IntegrationSignalsPublisher,
    writer: RowWriter,
    fence: Fence,
    signals: readonly IntegrationSignal[],
  ): Promise<void> {
    if (signals.length === 0) return;
    for (let sent = false; !sent && this.partitions.runnerOf(fence.partition)?.fence.epoch === fence.epoch; ) {
      try {
        await publisher.publish(signals);
        sent = true;
        for (const signal of signals) writer.add({ kind: 'signal sent', fence, signal }, () => {});
      } catch (error) {
        this.parts.logger.warn({ err: error }, 'signals were not published, trying again');
        await new Promise((resolve) => setTimeout(resolve, SIGNAL_RETRY_DELAY_MS));
      }
    }
  }
}
