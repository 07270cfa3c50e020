import { monitorEventLoopDelay } from 'node:perf_hooks';
import { metrics } from './metrics.js';

/** Each look wakes the process: fifty a second cost an idle service as much as all else that it does. */
const EVENT_LOOP_RESOLUTION_MS = 200;
const NANOSECONDS_PER_MS = 1e6;
const MICROSECONDS_PER_MS = 1e3;

/** What says whether a process is well: memory, CPU time and how late its event loop runs. */
export function observeProcess(): void {
  const delay = monitorEventLoopDelay({ resolution: EVENT_LOOP_RESOLUTION_MS });
  delay.enable();
  metrics.gauge('process.memory.rss', { description: 'Resident memory of the process.', unit: 'By' }, () =>
    process.memoryUsage.rss(),
  );
  metrics.gauge(
    'process.memory.heap_used',
    { description: 'Heap in use, garbage that is not collected yet included.', unit: 'By' },
    () => process.memoryUsage().heapUsed,
  );
  metrics.gauge('process.cpu.time', { description: 'CPU time used since the start.', unit: 'ms' }, () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / MICROSECONDS_PER_MS;
  });
  metrics.gauge(
    'process.event_loop.delay.p99',
    { description: 'Event loop delay since last read.', unit: 'ms' },
    () => {
      // What the histogram holds are times between two looks.
      const p99 = delay.percentile(99) / NANOSECONDS_PER_MS - EVENT_LOOP_RESOLUTION_MS;
      delay.reset();
      return Math.max(0, p99);
    },
  );
}
