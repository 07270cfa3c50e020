import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { portsFrom } from '../../../tools/stack/ports.ts';
import type { StackUnderTest } from '../stack-under-test.ts';
import { residentBytesOf } from './process-usage.ts';

const INTERVAL_MS = 500;
const TIMEOUT_MS = 30_000;
const HEAP = /^hookstile_process_memory_heap_used\S* (\d+)/m;

export interface MemoryReading {
  rssBytes: number;
  heapBytes: number;
}

/** On a connection of its own: one that is kept may be closed by the server just when it is used again. */
function pageAt(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: TIMEOUT_MS }, (response) => {
      text(response).then(resolve, reject);
    });
    request.once('timeout', () => request.destroy(new Error(`${url} did not answer`)));
    request.once('error', reject);
  });
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
    const page = await pageAt(this.#metricsUrl);
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

/** Of the stack's first dispatcher. */
export function dispatcherMemory({ run }: StackUnderTest): MemorySeries {
  const { metrics } = portsFrom(Number(new URL(run.baseUrl).port));
  const pid = run.services.dispatcher[0]?.pid ?? 0;
  return new MemorySeries(pid, `http://127.0.0.1:${metrics.dispatcher}/metrics`);
}
