import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../tools/stack/build.ts';
import { isReady } from '../../tools/stack/is-ready.ts';
import { startBroker } from '../../tools/stack/kafka/broker.ts';
import { portsFrom, type StackPorts } from '../../tools/stack/ports.ts';
import { startPostgres } from '../../tools/stack/postgres/postgres.ts';
import { endProcesses } from '../../tools/stack/processes/end-processes.ts';
import { OwnedProcesses } from '../../tools/stack/processes/owned-processes.ts';
import { Reaper } from '../../tools/stack/processes/reaper.ts';
import { spawnOwned, tailOf } from '../../tools/stack/processes/spawn-owned.ts';
import { prepare, serviceCommand } from '../../tools/stack/service-processes.ts';
import { commonEnvironment, servicePlans } from '../../tools/stack/services.ts';
import { environmentOf, freeBasePort } from './stack-under-test.ts';
import type { Api } from './tenant.ts';
import { waitUntil } from './wait-until.ts';

const READY_TIMEOUT_MS = 120_000;
const STOP_GRACE_MS = 30_000;
const KEY_BYTES = 24;
const ENCRYPTION_KEY_BYTES = 32;

export interface RunningService {
  pid: number;
  url: string;
  metricsUrl: string;
  /** From its start until it answered that it is ready. */
  readyMs: number;
  /** SIGTERM; resolves at its end. */
  stop(): Promise<void>;
}

/** Kafka and Postgres as `npm start` runs them, and services that a scenario starts and stops by itself. */
export class OwnStack {
  readonly api: Api;
  readonly brokers: string[];
  readonly databaseUrl: string;
  readonly pids: { kafka: number; postgres: number };
  readonly #parts: OwnStackParts;

  static async start({ keep, profile }: { keep: boolean; profile: string | null }): Promise<OwnStack> {
    await build();
    const home = mkdtempSync(join(tmpdir(), 'hookstile-bench-'));
    chmodSync(home, 0o755);
    const owned = new OwnedProcesses(home);
    const reaper = new Reaper(home, { removeDirectory: !keep });
    const end = async (): Promise<void> => {
      await endProcesses(owned.list());
      owned.forget();
      if (!keep) rmSync(home, { recursive: true, force: true });
      await reaper.dismiss();
    };
    try {
      return await bringUp(home, owned, profile, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  constructor(parts: OwnStackParts) {
    const { ports, environment, pids } = parts;
    this.#parts = parts;
    this.pids = pids;
    this.api = { configUrl: `http://127.0.0.1:${ports.config}`, adminKey: environment.HOOKSTILE_ADMIN_KEY ?? '' };
    this.brokers = (environment.KAFKA_BROKERS ?? '').split(',');
    this.databaseUrl = environment.DATABASE_URL ?? '';
  }

  /** Resolves when it is ready. */
  async startService(
    name: 'config' | 'dispatcher' | 'event-ingest' | 'audit',
    settings: Readonly<Record<string, string>> = {},
  ): Promise<RunningService> {
    const { ports, owned, logs } = this.#parts;
    const environment = { ...this.#parts.environment, ...settings };
    const plan = servicePlans({ mode: 'services', dispatchers: 1 }, ports).find(({ instance }) => instance === name);
    if (!plan) throw new Error(`no service ${name}`);
    const logFile = join(logs, `${name}.log`);
    const startedAt = performance.now();
    const child = await spawnOwned(owned, {
      name,
      stage: 'services',
      stopSignal: 'SIGTERM',
      graceMs: STOP_GRACE_MS,
      ...serviceCommand(plan, environment),
      logFile,
    });
    let ended: string | null = null;
    void child.ended.then((how) => {
      ended = how;
    });
    await waitUntil(`${name} is ready`, READY_TIMEOUT_MS, () => {
      if (ended !== null) throw new Error(`${name} ended (${ended}):\n${tailOf(logFile)}`);
      return isReady(plan.urls[name] ?? '');
    });
    return {
      pid: child.pid,
      url: plan.urls[name] ?? '',
      metricsUrl: `http://127.0.0.1:${plan.environment.METRICS_PORT}/metrics`,
      readyMs: performance.now() - startedAt,
      stop: async () => {
        process.kill(child.pid, 'SIGTERM');
        await child.ended;
      },
    };
  }

  stop(): Promise<void> {
    return this.#parts.end();
  }
}

interface OwnStackParts {
  ports: StackPorts;
  owned: OwnedProcesses;
  environment: NodeJS.ProcessEnv;
  logs: string;
  pids: { kafka: number; postgres: number };
  end: () => Promise<void>;
}

async function bringUp(
  home: string,
  owned: OwnedProcesses,
  profile: string | null,
  end: () => Promise<void>,
): Promise<OwnStack> {
  const ports = portsFrom(await freeBasePort());
  const logs = join(home, 'logs');
  mkdirSync(logs);
  const password = randomBytes(KEY_BYTES).toString('hex');
  const [kafka, postgres] = await Promise.all([
    startBroker({
      directory: join(home, 'kafka'),
      logFile: join(logs, 'kafka.log'),
      port: ports.kafka,
      controllerPort: ports.kafkaController,
      owned,
    }),
    startPostgres({
      directory: join(home, 'postgres'),
      logFile: join(logs, 'postgres.log'),
      port: ports.postgres,
      password,
      owned,
    }),
  ]);
  const environment = commonEnvironment(
    {
      kafkaBrokers: [`127.0.0.1:${ports.kafka}`],
      databaseUrl: `postgres://hookstile:${password}@127.0.0.1:${ports.postgres}/hookstile`,
      adminKey: `hk_${randomBytes(KEY_BYTES).toString('hex')}`,
      encryptionKeys: `k1:${randomBytes(ENCRYPTION_KEY_BYTES).toString('base64')}`,
    },
    environmentOf(profile),
  );
  await prepare(environment, new AbortController().signal);
  const pids = { kafka: kafka.pid, postgres: postgres.pid };
  return new OwnStack({ ports, owned, environment, logs, pids, end });
}
