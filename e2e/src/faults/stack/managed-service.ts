import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isReady } from '../../../../tools/stack/is-ready.ts';
import type { OwnedProcesses } from '../../../../tools/stack/processes/owned-processes.ts';
import { type OwnedChild, spawnOwned, tailOf } from '../../../../tools/stack/processes/spawn-owned.ts';
import type { ServicePlan } from '../../../../tools/stack/services.ts';
import { REPOSITORY } from '../../../../tools/stack/settings.ts';

const SHIFTED_CLOCK = fileURLToPath(new URL('./shifted-clock.ts', import.meta.url));
const READY_TIMEOUT_MS = 90_000;
const READY_POLL_MS = 50;
const GRACE_MS = 20_000;
const READINESS_TIMEOUT_MS = 2_000;
const ALARM = /"alarm":"([^"]+)"/;

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
    const { owned, environment } = this.#options;
    const child = await spawnOwned(owned, {
      name: this.plan.instance,
      stage: 'services',
      stopSignal: 'SIGTERM',
      graceMs: GRACE_MS,
      command: process.execPath,
      args: ['--import', SHIFTED_CLOCK, join(REPOSITORY, this.plan.entry)],
      env: { ...environment, ...this.plan.environment, METRICS_PORT: '0', FAULTS_CLOCK_FILE: this.#clockFile },
      cwd: join(REPOSITORY, 'apps/all-in-one'),
      logFile: this.#logFile,
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

  /** What its readiness says, or null while it does not answer. */
  async readiness(): Promise<{ ready: boolean; says: string } | null> {
    const [url] = Object.values(this.plan.urls);
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(READINESS_TIMEOUT_MS) });
      return { ready: response.ok, says: await response.text() };
    } catch {
      return null;
    }
  }

  /** The codes of all alarms that it has logged. */
  get alarms(): string[] {
    const lines = readFileSync(this.#logFile, 'utf8').split('\n');
    return lines.flatMap((line) => ALARM.exec(line)?.[1] ?? []);
  }

  /** When it last logged a line with these words, in Unix milliseconds; 0 where it never did. */
  lastLogged(words: string): number {
    if (!existsSync(this.#logFile)) return 0;
    const line = readFileSync(this.#logFile, 'utf8')
      .split('\n')
      .findLast((text) => text.includes(words));
    return line === undefined ? 0 : new Date((JSON.parse(line) as { time: string | number }).time).getTime();
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Sets its wall clock wrong by so much, now and in later starts. It must be ready, if it runs. */
  shiftClock(byMs: number): void {
    writeFileSync(this.#clockFile, String(byMs));
    if (this.isRunning) this.signal('SIGUSR2');
  }

  /** Undoes `shiftClock`, if there was one. */
  async rightClock(): Promise<void> {
    if (!existsSync(this.#clockFile) || readFileSync(this.#clockFile, 'utf8') === '0') return;
    if (this.isRunning) await this.ready();
    this.shiftClock(0);
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

  get #clockFile(): string {
    return join(this.#options.logs, `${this.plan.instance}.clock`);
  }

  get #logFile(): string {
    return join(this.#options.logs, `${this.plan.instance}.log`);
  }

  #tail(): string {
    return tailOf(this.#logFile);
  }
}
