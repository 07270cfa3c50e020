import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { allOrNone } from './all-or-none.ts';
import type { Home } from './home.ts';
import { startBroker } from './kafka/broker.ts';
import { kafkaJars, kafkaJarsDirectory } from './kafka/kafka-jars.ts';
import { liveBrokers } from './kafka/metadata-request.ts';
import type { StackPorts } from './ports.ts';
import { startPostgres } from './postgres/postgres.ts';
import type { OwnedProcesses } from './processes/owned-processes.ts';
import type { OwnedChild } from './processes/spawn-owned.ts';
import { Supervised } from './processes/supervised.ts';
import type { StackSettings } from './settings.ts';
import { StackProblem } from './stack-problem.error.ts';
import type { Terminal } from './terminal.ts';

const PROBE_TIMEOUT_MS = 5_000;

export interface BackingProcessesOptions {
  settings: StackSettings;
  home: Home;
  ports: StackPorts;
  owned: OwnedProcesses;
  terminal: Terminal;
  stopping: AbortSignal;
  onPid: () => void;
}

export interface BackingProcesses {
  given: { kafkaBrokers: string[]; databaseUrl: string };
  /** null: given from outside. */
  kafkaPid(): number | null;
  postgresPid(): number | null;
}

/** The broker and the database of a stack, started again when they end, unless they are given from outside. */
export async function startBackingProcesses(options: BackingProcessesOptions): Promise<BackingProcesses> {
  const { settings, ports, home, terminal } = options;
  const inner = new AbortController();
  const stopping = AbortSignal.any([options.stopping, inner.signal]);
  const kafka = settings.kafkaBrokers === null ? supervisedBroker({ ...options, stopping }) : null;
  const postgres = settings.databaseUrl === null ? supervisedPostgres({ ...options, stopping }) : null;
  const databaseUrl =
    settings.databaseUrl ?? `postgres://hookstile:${home.keys.postgresPassword}@127.0.0.1:${ports.postgres}/hookstile`;
  await allOrNone(
    [
      kafka === null ? reachable(settings.kafkaBrokers ?? []) : startKafka(kafka, terminal, stopping),
      postgres === null ? Promise.resolve() : terminal.task('Postgres', () => postgres.start()),
    ],
    () => inner.abort(),
  );
  return {
    given: { kafkaBrokers: settings.kafkaBrokers ?? [`127.0.0.1:${ports.kafka}`], databaseUrl },
    kafkaPid: () => kafka?.pid ?? null,
    postgresPid: () => postgres?.pid ?? null,
  };
}

async function startKafka(kafka: Supervised, terminal: Terminal, signal: AbortSignal): Promise<void> {
  if (!existsSync(kafkaJarsDirectory())) {
    await terminal.task('Downloading the Kafka broker (Maven, once)', () => kafkaJars(signal));
  }
  await terminal.task('Kafka broker', () => kafka.start());
}

function supervisedBroker({ home, ports, owned, terminal, stopping, onPid }: BackingProcessesOptions): Supervised {
  return supervised('kafka', terminal, stopping, onPid, () =>
    startBroker({
      directory: home.kafka,
      logFile: join(home.logs, 'kafka.log'),
      port: ports.kafka,
      controllerPort: ports.kafkaController,
      owned,
      signal: stopping,
    }),
  );
}

function supervisedPostgres({ home, ports, owned, terminal, stopping, onPid }: BackingProcessesOptions): Supervised {
  return supervised('postgres', terminal, stopping, onPid, () =>
    startPostgres({
      directory: home.postgres,
      logFile: join(home.logs, 'postgres.log'),
      port: ports.postgres,
      password: home.keys.postgresPassword,
      owned,
      signal: stopping,
    }),
  );
}

function supervised(
  name: string,
  terminal: Terminal,
  stopping: AbortSignal,
  onPid: () => void,
  start: () => Promise<OwnedChild>,
): Supervised {
  return new Supervised({ name, start, stopping, onPid, report: (line) => terminal.line(line) });
}

async function reachable(brokers: readonly string[]): Promise<void> {
  const answers = await Promise.all(
    brokers.map((broker) => {
      const [host = '', port = ''] = broker.split(':');
      return liveBrokers(host, Number(port), PROBE_TIMEOUT_MS).catch(() => 0);
    }),
  );
  if (answers.some((count) => count > 0)) return;
  throw new StackProblem(
    `No Kafka broker answers at KAFKA_BROKERS=${brokers.join(',')}. Start it, or leave KAFKA_BROKERS out.`,
  );
}
