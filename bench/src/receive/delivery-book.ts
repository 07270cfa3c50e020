import type { Faults, Received } from './receive.types.ts';

const now = (): number => performance.timeOrigin + performance.now();

/** Books what came in a run, and what of it came otherwise than exactly once and in order. */
export class DeliveryBook {
  readonly #run: number;
  /** By integration and stream: when each number came. */
  readonly #times = new Map<number, number[]>();
  readonly #streams: number;
  readonly #faults: Faults = { repeated: 0, outOfOrder: 0, foreign: 0, first: null };
  count = 0;

  /** @param streams over all integrations */
  constructor(run: number, streams: number) {
    this.#run = run;
    this.#streams = streams;
  }

  book(integration: number, run: number, stream: number, number: number): void {
    const name = `event ${run}-${stream}-${number}`;
    if (run !== this.#run) {
      this.#fault('foreign', `${name} of another run`);
      return;
    }
    const times = this.#timesOf(integration * this.#streams + stream);
    if (times[number] !== undefined) {
      this.#fault('repeated', `${name} came again`);
      return;
    }
    if (number > times.length) this.#fault('outOfOrder', `${name} came when ${times.length} was next`);
    times[number] = now();
    this.count += 1;
  }

  #timesOf(key: number): number[] {
    const known = this.#times.get(key);
    if (known) return known;
    const times: number[] = [];
    this.#times.set(key, times);
    return times;
  }

  foreign(what: string): void {
    this.#fault('foreign', what);
  }

  get received(): Received[] {
    return [...this.#times].map(([key, times]) => ({
      integration: Math.floor(key / this.#streams),
      stream: key % this.#streams,
      atMs: Float64Array.from(times),
    }));
  }

  get faults(): Faults {
    return this.#faults;
  }

  #fault(kind: 'repeated' | 'outOfOrder' | 'foreign', what: string): void {
    this.#faults[kind] += 1;
    this.#faults.first ??= what;
  }
}
