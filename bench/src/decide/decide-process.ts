import { setTimeout as sleep } from 'node:timers/promises';
import { HttpSender } from '../load/http-sender.ts';
import type { DecideCommand, Decided, DecideReport, DecideRun } from './decide.types.ts';

const CODE = /"code":"([a-z_]+)"/;
const OK = 200;

const report = (message: DecideReport): void => {
  process.send?.(message);
};

class Asking {
  readonly #run: DecideRun;
  readonly #senders: HttpSender[];
  readonly #latencies: number[] = [];
  readonly #codes: Record<string, number> = {};
  #asked = 0;
  #measuredFrom = 0;

  constructor(run: DecideRun) {
    this.#run = run;
    const fail = (error: Error): void => report({ kind: 'failed', reason: error.message });
    this.#senders = Array.from(
      { length: run.connections },
      () => new HttpSender({ ...run, path: '/v1/decisions' }, fail),
    );
  }

  async all(): Promise<Decided> {
    const { ratePerSecond, settleMs } = this.#run;
    const startedAt = performance.now();
    this.#measuredFrom = startedAt + settleMs;
    await (ratePerSecond === null ? this.#closed() : this.#open(startedAt, ratePerSecond));
    const seconds = (performance.now() - this.#measuredFrom) / 1_000;
    for (const sender of this.#senders) sender.close();
    const latenciesMs = Float64Array.from(this.#latencies);
    return { latenciesMs, codes: this.#codes, perSecond: latenciesMs.length / seconds };
  }

  /** Each connection asks again as soon as it is answered. */
  async #closed(): Promise<void> {
    const endsAt = this.#measuredFrom + this.#run.durationMs;
    const askOn = async (sender: HttpSender): Promise<void> => {
      while (performance.now() < endsAt) await this.#ask(sender, performance.now());
    };
    await Promise.all(this.#senders.map(askOn));
  }

  /** Questions are due at even distances; one that finds no free connection waits, and its wait counts. */
  async #open(startedAt: number, ratePerSecond: number): Promise<void> {
    const total = Math.floor(((this.#run.settleMs + this.#run.durationMs) / 1_000) * ratePerSecond);
    let next = 0;
    const askOn = async (sender: HttpSender): Promise<void> => {
      for (let n = next++; n < total; n = next++) {
        const dueAt = startedAt + (n * 1_000) / ratePerSecond;
        const waitMs = dueAt - performance.now();
        if (waitMs > 0) await sleep(waitMs);
        // Timers may be a millisecond late; more than that is a wait.
        await this.#ask(sender, Math.max(dueAt, Math.min(dueAt + 1, performance.now())));
      }
    };
    await Promise.all(this.#senders.map(askOn));
  }

  #ask(sender: HttpSender, dueAt: number): Promise<void> {
    const n = this.#asked++;
    const rule = this.#run.ruleIds[n % this.#run.ruleIds.length];
    const context = {
      username: `user-${n}`,
      groups: ['a', 'b'],
      remote_ip: '192.0.2.1',
      headers: { 'Accept-Language': 'de' },
    };
    return new Promise((resolve) => {
      sender.post(JSON.stringify({ rule, context }), (status, body) => {
        if (dueAt >= this.#measuredFrom) this.#latencies.push(performance.now() - dueAt);
        const code = status === OK ? (CODE.exec(body)?.[1] ?? 'none') : String(status);
        this.#codes[code] = (this.#codes[code] ?? 0) + 1;
        resolve();
      });
    });
  }
}

process.on('message', async ({ run }: DecideCommand) => {
  try {
    report({ kind: 'done', ...(await new Asking(run).all()) });
  } catch (error) {
    report({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
