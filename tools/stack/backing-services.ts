import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { startBroker } from './kafka/broker.ts';
import { startPostgres } from './postgres/postgres.ts';
import { endProcesses } from './processes/end-processes.ts';
import { OwnedProcesses } from './processes/owned-processes.ts';
import { Reaper } from './processes/reaper.ts';

export interface BackingServices {
  /** What the services and tests take from the environment. */
  environment: { KAFKA_BROKERS: string; DATABASE_URL: string };
  stop(): Promise<void>;
}

const PASSWORD_BYTES = 24;

/**
 * A broker and a Postgres of one's own in a temporary folder, for tests and measurements; what `environment` already
 * names is used instead of starting one. However the process ends, nothing of them stays.
 */
export async function startBackingServices(
  environment: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<BackingServices> {
  const directory = mkdtempSync(join(tmpdir(), 'hookstile-'));
  chmodSync(directory, 0o755);
  const owned = new OwnedProcesses(directory);
  const reaper = new Reaper(directory, { removeDirectory: true });
  const stop = async (): Promise<void> => {
    await endProcesses(owned.list());
    owned.forget();
    rmSync(directory, { recursive: true, force: true });
    await reaper.dismiss();
  };
  const aborter = new AbortController();
  const common = { owned, signal: signal === undefined ? aborter.signal : AbortSignal.any([aborter.signal, signal]) };
  const [brokerPort, controllerPort, postgresPort] = (await freePorts(3)) as [number, number, number];
  const starts = [
    environment.KAFKA_BROKERS ||
      startBroker({
        ...common,
        directory: join(directory, 'kafka'),
        logFile: join(directory, 'kafka.log'),
        port: brokerPort,
        controllerPort,
      }).then((broker) => broker.brokers.join(',')),
    environment.DATABASE_URL ||
      startPostgres({
        ...common,
        directory: join(directory, 'postgres'),
        logFile: join(directory, 'postgres.log'),
        port: postgresPort,
        password: randomBytes(PASSWORD_BYTES).toString('hex'),
      }).then((postgres) => postgres.url),
  ] as const;
  try {
    const [KAFKA_BROKERS, DATABASE_URL] = await Promise.all(starts);
    return { environment: { KAFKA_BROKERS, DATABASE_URL }, stop };
  } catch (error) {
    // The other start must be over before the stop, else its process would begin after it.
    aborter.abort(error);
    await Promise.allSettled(starts);
    await stop();
    throw error;
  }
}
