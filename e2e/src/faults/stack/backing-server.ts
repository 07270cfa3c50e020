import { setTimeout as sleep } from 'node:timers/promises';
import { type FaultProxy, startFaultProxy } from '@hookstile/testing';
import type { OwnedChild } from '../../../../tools/stack/processes/spawn-owned.ts';

const START_TRIES = 10;
const START_AGAIN_AFTER_MS = 1_000;

export interface BackingServerOptions {
  name: string;
  port: number;
  proxyPort: number;
  stopSignal: NodeJS.Signals;
  start(): Promise<OwnedChild>;
}

/** The broker or the database behind its fault proxy; it is started, signalled and started again as a scenario says. */
export class BackingServer {
  readonly link: FaultProxy;
  readonly #options: BackingServerOptions;
  #child: OwnedChild | null = null;
  #startBy: (() => Promise<OwnedChild>) | null = null;

  static async create(options: BackingServerOptions): Promise<BackingServer> {
    const { port, proxyPort } = options;
    return new BackingServer(options, await startFaultProxy({ target: { host: '127.0.0.1', port }, port: proxyPort }));
  }

  private constructor(options: BackingServerOptions, link: FaultProxy) {
    this.#options = options;
    this.link = link;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  get pid(): number {
    if (this.#child === null) throw new Error(`${this.#options.name} does not run`);
    return this.#child.pid;
  }

  /** How it is started from now on; null: as in the beginning. */
  startBy(start: (() => Promise<OwnedChild>) | null): void {
    this.#startBy = start;
  }

  /** What a killed server left behind (Postgres' shared memory) can make a start fail for a moment. */
  async start(): Promise<void> {
    for (let tries = 1; this.#child === null; tries += 1) {
      try {
        this.#child = await (this.#startBy ?? this.#options.start)();
      } catch (error) {
        if (tries === START_TRIES) throw error;
        await sleep(START_AGAIN_AFTER_MS);
      }
    }
    const child = this.#child;
    void child.ended.then(() => {
      if (this.#child === child) this.#child = null;
    });
  }

  signal(name: NodeJS.Signals): void {
    if (this.#child === null) throw new Error(`${this.#options.name} does not run`);
    process.kill(this.#child.pid, name);
  }

  /** Resolves when it is gone. */
  async end(how: 'SIGKILL' | 'in order'): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.signal(how === 'SIGKILL' ? how : this.#options.stopSignal);
    await child.ended;
  }
}
