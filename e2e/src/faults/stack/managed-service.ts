import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isReady } from '../../../../tools/stack/is-ready.ts';
import type { OwnedProcesses } from '../../../../tools/stack/processes/owned-processes.ts';
import { type OwnedChild, spawnOwned, tailOf } from '../../../../tools/stack/processes/spawn-owned.ts';
import type { ServicePlan } from '../../../../tools/stack/services.ts';
import { REPOSITORY } from '../../../../tools/stack/settings.ts';

const READY_TIMEOUT_MS = 90_000;
const READY_POLL_MS = 50;
const GRACE_MS = 20_000;

export interface ManagedServiceOptions {
  owned: OwnedProcesses;
  environment: NodeJS.ProcessEnv;
  logs: string;
}

/** One service process, started, signalled and started again only as a scenario says. */
export class ManagedService {
  readonly plan: ServicePlan;
  readonly #options: ManagedServiceOptions;
  #child: OwnedChild | null = null;

  constructor(plan: ServicePlan, options: ManagedServiceOptions) {
    this.plan = plan;
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  get pid(): number {
    if (this.#child === null) throw new Error(`${this.plan.instance} does not run`);
    return this.#child.pid;
  }

  /** Starts it unless it runs, without waiting until it is ready. */
  async spawn(): Promise<void> {
    if (this.#child !== null) return;
    const { owned, environment, logs } = this.#options;
    const child = await spawnOwned(owned, {
      name: this.plan.instance,
      stage: 'services',
      stopSignal: 'SIGTERM',
      graceMs: GRACE_MS,
      command: process.execPath,
      args: [join(REPOSITORY, this.plan.entry)],
      env: { ...environment, ...this.plan.environment, METRICS_PORT: '0' },
      cwd: join(REPOSITORY, 'apps/all-in-one'),
      logFile: join(logs, `${this.plan.instance}.log`),
    });
    this.#child = child;
    void child.ended.then(() => {
      if (this.#child === child) this.#child = null;
    });
  }

  async start(): Promise<void> {
    await this.spawn();
    await this.ready();
  }

  async ready(): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    for (const url of Object.values(this.plan.urls)) {
      while (!(await isReady(url))) {
        if (this.#child === null) throw new Error(`${this.plan.instance} ended:\n${this.#tail()}`);
        if (performance.now() > deadline) throw new Error(`${this.plan.instance} is not ready:\n${this.#tail()}`);
        await sleep(READY_POLL_MS);
      }
    }
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.signal('SIGKILL');
    await child.ended;
  }

  /** SIGTERM; resolves with how it ended, such as "code 0". */
  async stop(): Promise<string> {
    const child = this.#child;
    if (child === null) return 'not running';
    this.signal('SIGTERM');
    return child.ended;
  }

  #tail(): string {
    return tailOf(join(this.#options.logs, `${this.plan.instance}.log`));
  }
}
