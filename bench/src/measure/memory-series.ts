import { residentBytesOf } from './process-usage.ts';

const INTERVAL_MS = 500;
const HEAP = /^hookstile_process_memory_heap_used\S* (\d+)/m;

export interface MemoryReading {
  rssBytes: number;
  heapBytes: number;
}

/** Of one service: resident bytes from the kernel, used heap from its metrics page. */
export class MemorySeries {
  readonly #pid: number;
  readonly #metricsUrl: string;

  constructor(pid: number, metricsUrl: string) {
    this.#pid = pid;
    this.#metricsUrl = metricsUrl;
  }

  async read(): Promise<MemoryReading> {
    const page = await (await fetch(this.#metricsUrl)).text();
    return { rssBytes: residentBytesOf(this.#pid), heapBytes: Number(HEAP.exec(page)?.[1] ?? Number.NaN) };
  }

  /** Reads until stopped; the answer is the largest of each. */
  startPeak(): () => Promise<MemoryReading> {
    const peak = { rssBytes: 0, heapBytes: 0 };
    const take = async (): Promise<void> => {
      const { rssBytes, heapBytes } = await this.read();
      peak.rssBytes = Math.max(peak.rssBytes, rssBytes);
      peak.heapBytes = Math.max(peak.heapBytes, heapBytes);
    };
    let last: Promise<void> = take();
    const timer = setInterval(() => {
      last = last.then(take);
    }, INTERVAL_MS);
    return async () => {
      clearInterval(timer);
      await last;
      return peak;
    };
  }
}
