import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isReady } from './is-ready.ts';
import type { OwnedProcesses } from './processes/owned-processes.ts';
import { runCommand } from './processes/run-command.ts';
import { type OwnedChild, spawnOwned, tailOf } from './processes/spawn-owned.ts';
import { Supervised } from './processes/supervised.ts';
import type { RunFile } from './run-file.ts';
import type { ServicePlan } from './services.ts';
import { REPOSITORY } from './settings.ts';
import { StackProblem } from './stack-problem.error.ts';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 100;
const PREPARE = 'apps/all-in-one/dist/prepare.js';
const GRACE_BEYOND_TIMEOUT_MS = 2_000;
/**
 * V8 would let the young generation grow to 100 MiB a process under load and keep it, and, where it may take gigabytes,
 * collect the old one only once it has quadrupled (docs/sizing.md).
 */
const MEMORY = ['--max-semi-space-size=16', '--max-old-space-size=1024'];
/**
 * Node resolves names on half of its threads, by default on two: two names whose servers are silent would hold up every
 * other one. Idle threads cost next to nothing.
 */
const THREADS = { UV_THREADPOOL_SIZE: '32' };
/** glibc raises its thresholds with what a program frees, keeps what lies below them, and in as many arenas as threads. */
const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '2' };
const TELEMETRY = ['--import', '@hookstile/service-runtime/telemetry'];

export interface ServiceOptions {
  environment: NodeJS.ProcessEnv;
  logs: string;
  owned: OwnedProcesses;
  shutdownTimeoutMs: number;
  stopping: AbortSignal;
  report: (line: string) => void;
  onPid: () => void;
}

/** Creates the topics and migrates; what it refuses (another number of partitions) is its own clear line. */
export async function prepare(environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const result = await runCommand(process.execPath, [join(REPOSITORY, PREPARE)], {
    cwd: REPOSITORY,
    env: environment,
    signal,
  });
  if (result.code !== 0) throw new StackProblem(result.output.trim() || `prepare ended with code ${result.code}`);
}

/** What the user's NODE_OPTIONS say counts: an argument would win over it. */
function memoryFlags({ NODE_OPTIONS = '' }: NodeJS.ProcessEnv): string[] {
  const given = NODE_OPTIONS.replaceAll('_', '-');
  return MEMORY.filter((flag) => !given.includes(flag.slice(0, flag.indexOf('='))));
}

/** How a process of services is run. */
export function serviceCommand(plan: ServicePlan, environment: NodeJS.ProcessEnv) {
  const telemetry = environment.OTEL_EXPORTER_OTLP_ENDPOINT || plan.environment.METRICS_PORT !== '0';
  return {
    command: process.execPath,
    args: [...memoryFlags(environment), ...(telemetry ? TELEMETRY : []), join(REPOSITORY, plan.entry)],
    env: { ...THREADS, ...ALLOCATOR, ...environment, ...plan.environment },
    // Where --import finds the workspace's packages.
    cwd: join(REPOSITORY, 'apps/all-in-one'),
  };
}

export class ServiceProcess {
  readonly plan: ServicePlan;
  readonly #supervised: Supervised;
  readonly #options: ServiceOptions;
  readonly #logFile: string;

  constructor(plan: ServicePlan, options: ServiceOptions) {
    this.plan = plan;
    this.#options = options;
    this.#logFile = join(options.logs, `${plan.instance}.log`);
    this.#supervised = new Supervised({
      name: plan.instance,
      start: () => this.#spawn(),
      report: options.report,
      onPid: options.onPid,
      stopping: options.stopping,
    });
  }

  get pid(): number | null {
    return this.#supervised.pid;
  }

  /** Resolves when all services of the process answer that they are ready. */
  async start(): Promise<void> {
    await this.#supervised.start();
    const deadline = performance.now() + READY_TIMEOUT_MS;
    for (const url of Object.values(this.plan.urls)) {
      while (!(await isReady(url))) {
        this.#options.stopping.throwIfAborted();
        if (performance.now() > deadline) throw this.#notReady();
        await sleep(READY_POLL_MS);
      }
    }
  }

  #notReady(): StackProblem {
    return new StackProblem(
      `${this.plan.instance} was not ready after ${READY_TIMEOUT_MS / 1000} s; ${this.#logFile} ends:\n${tailOf(this.#logFile)}`,
    );
  }

  #spawn(): Promise<OwnedChild> {
    const { environment, owned, shutdownTimeoutMs } = this.#options;
    return spawnOwned(owned, {
      name: this.plan.instance,
      stage: 'services',
      stopSignal: 'SIGTERM',
      graceMs: shutdownTimeoutMs + GRACE_BEYOND_TIMEOUT_MS,
      ...serviceCommand(this.plan, environment),
      logFile: this.#logFile,
    });
  }
}

/** The services' part of run.json, from the processes that run them. */
export function servicesOf(processes: readonly Pick<ServiceProcess, 'plan' | 'pid'>[]): RunFile['services'] {
  const all = (name: 'config' | 'event-ingest' | 'dispatcher' | 'audit') =>
    processes.flatMap(({ plan, pid }) => (plan.urls[name] === undefined ? [] : [{ url: plan.urls[name], pid }]));
  const one = (name: 'config' | 'event-ingest' | 'audit') => {
    const [service] = all(name);
    if (service === undefined) throw new Error(`no process runs ${name}`);
    return service;
  };
  return {
    config: one('config'),
    'event-ingest': one('event-ingest'),
    dispatcher: all('dispatcher'),
    audit: one('audit'),
  };
}
