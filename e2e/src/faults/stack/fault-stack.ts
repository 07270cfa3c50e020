import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectMessaging } from '@hookstile/messaging';
import { type BrokerSurgery, brokerSurgery } from '@hookstile/messaging/broker-surgery';
import pg from 'pg';
import { startBroker } from '../../../../tools/stack/kafka/broker.ts';
import { portsFrom, type StackPorts } from '../../../../tools/stack/ports.ts';
import { startPostgres } from '../../../../tools/stack/postgres/postgres.ts';
import { endProcesses } from '../../../../tools/stack/processes/end-processes.ts';
import { OwnedProcesses } from '../../../../tools/stack/processes/owned-processes.ts';
import { Reaper } from '../../../../tools/stack/processes/reaper.ts';
import { prepare } from '../../../../tools/stack/service-processes.ts';
import { commonEnvironment, type ServicePlan, servicePlans } from '../../../../tools/stack/services.ts';
import { freeBasePort } from '../../stack.ts';
import { BackingServer } from './backing-server.ts';
import { ManagedService } from './managed-service.ts';
import { PostgresOnSmallDisk, type SmallDiskOptions } from './postgres-on-small-disk.ts';

const DISPATCHERS = 2;
export const PARTITIONS = 12;
const KEY_BYTES = 24;
const ENCRYPTION_KEY_BYTES = 32;
const KAFKA_PROXY_OFFSET = 18;
const POSTGRES_PROXY_OFFSET = 19;
/** What of the environment would change how the services behave. */
const NOT_PASSED_ON = /^(VITEST|NODE_ENV$|NODE_OPTIONS$|HOOKSTILE_|OTEL_|KAFKA_BROKERS$|DATABASE_)/;

export const INSTANCES = ['config', 'config-2', 'front-door', 'router', 'dispatcher', 'dispatcher-2', 'audit'] as const;
export type Instance = (typeof INSTANCES)[number];

export interface FaultStackOptions {
  /** Keeps the folder with logs and data. */
  keep: boolean;
}

/**
 * The processes of a stack without anything that starts them again, each link to Kafka and Postgres through a fault
 * proxy. However this process ends, nothing of them stays.
 */
export class FaultStack {
  readonly home: string;
  readonly adminKey: string;
  readonly kafka: BackingServer;
  readonly postgres: BackingServer;
  /** Straight to the servers, for the oracle. */
  readonly direct: { databaseUrl: string; kafkaBrokers: string[] };
  readonly broker: BrokerSurgery;
  readonly smallDisk: PostgresOnSmallDisk;
  /** What every service is started with from now on. */
  readonly environment: NodeJS.ProcessEnv;
  readonly #services: ReadonlyMap<Instance, ManagedService>;
  readonly #end: () => Promise<void>;

  static async start({ keep }: FaultStackOptions): Promise<FaultStack> {
    const home = mkdtempSync(join(tmpdir(), 'hookstile-faults-'));
    // Postgres' user may pass when this runs as root.
    chmodSync(home, 0o755);
    const owned = new OwnedProcesses(home);
    const reaper = new Reaper(home, { removeDirectory: !keep });
    const end = async (): Promise<void> => {
      // A stopped process would take no other signal.
      for (const { pid } of owned.list()) process.kill(pid, 'SIGCONT');
      await endProcesses(owned.list());
      owned.forget();
      if (!keep) rmSync(home, { recursive: true, force: true });
      await reaper.dismiss();
    };
    try {
      return await bringUp(home, owned, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  constructor(parts: {
    home: string;
    adminKey: string;
    kafka: BackingServer;
    postgres: BackingServer;
    direct: { databaseUrl: string; kafkaBrokers: string[] };
    environment: NodeJS.ProcessEnv;
    services: ReadonlyMap<Instance, ManagedService>;
    smallDisk: Omit<SmallDiskOptions, 'postgres' | 'answers'>;
    end: () => Promise<void>;
  }) {
    this.home = parts.home;
    this.adminKey = parts.adminKey;
    this.kafka = parts.kafka;
    this.postgres = parts.postgres;
    this.direct = parts.direct;
    this.broker = brokerSurgery(parts.direct.kafkaBrokers);
    this.smallDisk = new PostgresOnSmallDisk({
      ...parts.smallDisk,
      postgres: parts.postgres,
      answers: () =>
        this.query('select 1').then(
          () => true,
          () => false,
        ),
    });
    this.environment = parts.environment;
    this.#services = parts.services;
    this.#end = parts.end;
  }

  service(instance: Instance): ManagedService {
    const service = this.#services.get(instance);
    if (service === undefined) throw new Error(`no process ${instance}`);
    return service;
  }

  urlOf(instance: Instance): string {
    const [url] = Object.values(this.service(instance).plan.urls);
    return url ?? '';
  }

  /** Straight to Postgres. */
  async query<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    const client = new pg.Client({ connectionString: this.direct.databaseUrl });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<T>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** Where the log of each partition of a topic ends. */
  async endsOf(topic: string): Promise<number[]> {
    const messaging = await connectMessaging({ brokers: this.direct.kafkaBrokers, clientId: 'faults' });
    try {
      const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
      return await Promise.all(partitions.map((partition) => messaging.endOffset({ topic, partition })));
    } finally {
      await messaging.close();
    }
  }

  /** No fault any more: links pass, servers run, services are ready, as many dispatchers as said. */
  async heal(dispatchers: number): Promise<void> {
    for (const server of [this.kafka, this.postgres]) {
      server.link.heal();
      await server.start();
    }
    for (const [instance, service] of this.#services) {
      if (service.isRunning) service.signal('SIGCONT');
      await service.rightClock();
      // A second config is a scenario's own affair.
      const isSpare = instance === 'config-2' || (instance === 'dispatcher-2' && dispatchers < 2);
      if (isSpare) await service.stop();
      else await service.spawn();
    }
    const expected = [...this.#services.values()].filter(({ isRunning }) => isRunning);
    await Promise.all(expected.map((service) => service.ready()));
  }

  async stop(): Promise<void> {
    await this.#end();
    await Promise.all([this.kafka.link.close(), this.postgres.link.close()]);
  }
}

async function bringUp(home: string, owned: OwnedProcesses, end: () => Promise<void>): Promise<FaultStack> {
  const base = await freeBasePort();
  const ports = portsFrom(base);
  const proxies = { kafka: base + KAFKA_PROXY_OFFSET, postgres: base + POSTGRES_PROXY_OFFSET };
  const logs = join(home, 'logs');
  mkdirSync(logs);
  const password = randomBytes(KEY_BYTES).toString('hex');
  const kafka = await BackingServer.create({
    name: 'kafka',
    port: ports.kafka,
    proxyPort: proxies.kafka,
    stopSignal: 'SIGTERM',
    start: () =>
      startBroker({
        directory: join(home, 'kafka'),
        logFile: join(logs, 'kafka.log'),
        port: ports.kafka,
        advertisedPort: proxies.kafka,
        controllerPort: ports.kafkaController,
        owned,
      }),
  });
  const postgres = await BackingServer.create({
    name: 'postgres',
    port: ports.postgres,
    proxyPort: proxies.postgres,
    stopSignal: 'SIGINT',
    start: () =>
      startPostgres({
        directory: join(home, 'postgres'),
        logFile: join(logs, 'postgres.log'),
        port: ports.postgres,
        password,
        owned,
      }),
  });
  await Promise.all([kafka.start(), postgres.start()]);

  const databaseUrl = (port: number) => `postgres://hookstile:${password}@127.0.0.1:${port}/hookstile`;
  const adminKey = `hk_${randomBytes(KEY_BYTES).toString('hex')}`;
  const kept = Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.test(name));
  const environment = commonEnvironment(
    {
      kafkaBrokers: [`127.0.0.1:${proxies.kafka}`],
      databaseUrl: databaseUrl(proxies.postgres),
      adminKey,
      encryptionKeys: `k1:${randomBytes(ENCRYPTION_KEY_BYTES).toString('base64')}`,
    },
    Object.fromEntries(kept),
  );
  await prepare(environment, new AbortController().signal);
  const services = new Map(
    plansOf(ports).map((plan) => [plan.instance as Instance, new ManagedService(plan, { owned, environment, logs })]),
  );
  const direct = { databaseUrl: databaseUrl(ports.postgres), kafkaBrokers: [`127.0.0.1:${ports.kafka}`] };
  const smallDisk = { home, logs, port: ports.postgres, owned };
  return new FaultStack({ home, adminKey, kafka, postgres, direct, environment, services, smallDisk, end });
}

/** Front door and router are processes of their own, so that one can die without the other. */
function plansOf(ports: StackPorts): ServicePlan[] {
  const role = (plan: ServicePlan, instance: Instance, port: number): ServicePlan => ({
    ...plan,
    instance,
    urls: { 'event-ingest': `http://127.0.0.1:${port}` },
    environment: { ...plan.environment, PORT: String(port), HOOKSTILE_INGEST_ROLES: instance },
  });
  const second = (plan: ServicePlan): ServicePlan => ({
    ...plan,
    instance: 'config-2',
    urls: { config: `http://127.0.0.1:${ports.receiver}` },
    environment: { ...plan.environment, PORT: String(ports.receiver) },
  });
  return servicePlans({ mode: 'services', dispatchers: DISPATCHERS }, ports).flatMap((plan) => {
    if (plan.name === 'config') return [plan, second(plan)];
    if (plan.name !== 'event-ingest') return [plan];
    return [role(plan, 'front-door', ports.eventIngest), role(plan, 'router', ports.gateway)];
  });
}
