import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../stack-problem.error.ts';
import type { OwnedChild } from './spawn-owned.ts';

const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 10_000;
/** A process that lived this long begins again with the shortest pause. */
const HEALTHY_AFTER_MS = 60_000;

export interface SupervisedOptions {
  name: string;
  start: () => Promise<OwnedChild>;
  report: (line: string) => void;
  /** Called whenever the pid has changed. */
  onPid: () => void;
  /** Aborted when the stack stops: nothing is started any more. */
  stopping: AbortSignal;
}

/** A process that is started again whenever it ends, after growing pauses. */
export class Supervised {
  pid: number | null = null;
  readonly #options: SupervisedOptions;

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  /** The first start; rejects when that fails. Afterwards ends are seen to until the stack stops. */
  async start(): Promise<void> {
    const child = await this.#options.start();
    this.pid = child.pid;
    void this.#keepRunning(child);
  }

  async #keepRunning(first: OwnedChild): Promise<void> {
    const { name, report, onPid, stopping } = this.#options;
    let child: OwnedChild | null = first;
    let pauseMs = BACKOFF_FIRST_MS;
    while (!stopping.aborted) {
      const sinceMs = performance.now();
      const reason: string = child === null ? 'it did not come up' : await child.ended;
      if (stopping.aborted) return;
      if (performance.now() - sinceMs > HEALTHY_AFTER_MS) pauseMs = BACKOFF_FIRST_MS;
      report(`! ${name} ended (${reason}); starting it again in ${pauseMs / 1000} s`);
      await sleep(pauseMs, undefined, { signal: stopping }).catch(() => {});
      if (stopping.aborted) return;
      pauseMs = Math.min(pauseMs * 2, BACKOFF_MAX_MS);
      child = await this.#options.start().catch((error: unknown) => {
        if (!stopping.aborted) report(`! ${name}: ${messageOf(error)}`);
        return null;
      });
      if (child === null) continue;
      this.pid = child.pid;
      onPid();
    }
  }
}
