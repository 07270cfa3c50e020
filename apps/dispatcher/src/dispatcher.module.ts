import type { Server } from 'node:net';
import type { Messaging } from '@hookstile/messaging';
import {
  CLOCK,
  type Clock,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  DATA_SOURCE,
  ENV,
  KEY_RING,
  type KeyRing,
  LOGGER,
  MESSAGING,
  POOLS,
  RANDOM_BYTES,
  type RandomBytes,
  READINESS,
  type Readiness,
  type ServiceContext,
  type ServiceDefinition,
  TOPICS,
  type TopicsByName,
} from '@hookstile/service-runtime';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { ATTEMPT_MAKER, type AttemptMaker } from './attempts/attempt.types.js';
import { attemptMakerProvider } from './attempts/attempt-maker.provider.js';
import { DecisionsModule } from './decisions/decisions.module.js';
import { DispatcherEnv } from './dispatcher.env.js';
import { Dispatcher } from './dispatcher.js';
import { dispatcherCounts } from './dispatcher-counts.js';
import { observeDispatcher } from './dispatcher-metrics.js';
import { LANE_STORE, type LaneStore } from './lanes/lane.store.js';
import { TypeormLaneStore } from './lanes/lane.store.typeorm.js';
import { LanesController } from './lanes/lanes.controller.js';
import { LanesAndLeases1763800000000 } from './migrations/1763800000000-lanes-and-leases.migration.js';
import { Pushes1764100000000 } from './migrations/1764100000000-pushes.migration.js';
import { LeaseAddress1764150000000 } from './migrations/1764150000000-lease-address.migration.js';
import { SleepingLanes1764200000000 } from './migrations/1764200000000-sleeping-lanes.migration.js';
import { advertisedAddress } from './ownership/advertised-address.js';
import { LEASE_POOL } from './ownership/lease.bounds.js';
import { LEASE_STORE, type LeaseStore } from './ownership/lease.store.js';
import { TypeormLeaseStore } from './ownership/lease.store.typeorm.js';
import { ownerName } from './ownership/process-identity.js';
import { checkKeyRing } from './request/check-key-ring.js';
import { DISPATCHER, type RunningDispatcher } from './running-dispatcher.js';
import { TrialsModule } from './trials/trials.module.js';

const OWNER_RANDOM_BYTES = 16;
const UINT32_BYTES = 4;
const UINT32_VALUES = 2 ** 32;
const LEASES = 'leases';

/** Begins when the application has begun, and ends before its connections do. */
const KEY_RING_CHECK = 'key-ring';

@Injectable()
export class DispatcherLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown, RunningDispatcher {
  readonly owner: string;
  private running: Dispatcher | null = null;
  private unobserve: () => void = () => {};

  constructor(
    @Inject(ENV) private readonly env: DispatcherEnv,
    @Inject(MESSAGING) private readonly messaging: Messaging,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIGURATION_PROJECTION) private readonly projection: ConfigurationProjection,
    @Inject(ATTEMPT_MAKER) private readonly attempts: AttemptMaker,
    @Inject(LANE_STORE) private readonly laneStore: LaneStore,
    @Inject(LEASE_STORE) private readonly leaseStore: LeaseStore,
    @Inject(TOPICS) private readonly topics: TopicsByName,
    @Inject(RANDOM_BYTES) private readonly randomBytes: RandomBytes,
    @Inject(READINESS) private readonly readiness: Readiness,
    @Inject(KEY_RING) private readonly ring: KeyRing,
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
  ) {
    this.owner = ownerName(process.pid, Buffer.from(randomBytes(OWNER_RANDOM_BYTES)).toString('hex'));
  }

  get dispatcher(): Dispatcher | null {
    return this.running;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { env, messaging, clock, logger, projection, attempts, laneStore, leaseStore, owner, topics } = this;
    const stores = { laneStore, leaseStore };
    const random = () => Buffer.from(this.randomBytes(UINT32_BYTES)).readUInt32LE() / UINT32_VALUES;
    const self = { owner, address: () => this.address() };
    const parts = {
      env,
      messaging,
      clock,
      random,
      logger,
      projection,
      attempts,
      ...stores,
      ...self,
      topics,
      counts: dispatcherCounts(),
    };
    this.running = await Dispatcher.start(parts);
    this.unobserve = observeDispatcher(this.running, () => clock.nowMs());
    this.readiness.register('partitions', () => this.checkPartitions());
    this.readiness.register('journal', () => this.checkJournal());
    this.readiness.register(KEY_RING_CHECK, () => checkKeyRing(this.ring, projection.tenantKeys()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.unobserve();
    await this.running?.stop();
  }

  private address(): string | null {
    const server: Server = this.http.httpAdapter.getHttpServer();
    return advertisedAddress(this.env.HOOKSTILE_ADVERTISED_URL, server.address());
  }

  /** A partition that stands still is an operator's to look at: no restart and no waiting ends that. */
  private checkPartitions(): void {
    const problems = this.running?.partitions.problems ?? [];
    if (problems.length > 0) throw new Error(problems.join('; '));
  }

  private checkJournal(): void {
    const problem = this.running?.journal.problem ?? null;
    if (problem !== null) throw new Error(problem);
  }
}

function leaseStoreOf(pools: ReadonlyMap<string, DataSource>): LeaseStore {
  const dataSource = pools.get(LEASES);
  if (dataSource === undefined) throw new Error('the dispatcher has no pool for its leases');
  return new TypeormLeaseStore(dataSource);
}

@Module({
  imports: [DecisionsModule, TrialsModule],
  controllers: [LanesController],
  providers: [
    DispatcherLifecycle,
    { provide: DISPATCHER, useExisting: DispatcherLifecycle },
    attemptMakerProvider,
    {
      provide: LANE_STORE,
      inject: [DATA_SOURCE],
      useFactory: (dataSource: DataSource): LaneStore => new TypeormLaneStore(dataSource),
    },
    {
      provide: LEASE_STORE,
      inject: [POOLS],
      useFactory: (pools: ReadonlyMap<string, DataSource>): LeaseStore => leaseStoreOf(pools),
    },
  ],
})
export class DispatcherModule {}

export const dispatcherService: ServiceDefinition<DispatcherEnv> = {
  name: 'dispatcher',
  schema: 'dispatcher',
  env: DispatcherEnv,
  // One tenant's lost key is no reason to send nothing for the others.
  readyWithout: () => [KEY_RING_CHECK],
  migrations: [LanesAndLeases1763800000000, Pushes1764100000000, LeaseAddress1764150000000, SleepingLanes1764200000000],
  pools: { [LEASES]: LEASE_POOL },
  module: (_context: ServiceContext<DispatcherEnv>) => DispatcherModule,
};
