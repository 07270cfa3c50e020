import { monitorEventLoopDelay } from 'node:perf_hooks';
import { metrics } from './metrics.js';

const EVENT_LOOP_RESOLUTION_MS = 20;
const NANOSECONDS_PER_MS = 1e6;
const MICROSECONDS_PER_MS = 1e3;

/** What says whether a process is well: memory, CPU time and how late its event loop runs. */
export function observeProcess(): void {
  const delay = monitorEventLoopDelay({ resolution: EVENT_LOOP_RESOLUTION_MS });
  delay.enable();
  metrics.gauge('process.memory.rss', { description: 'Resident memory of the process.', unit: 'By' }, () =>
    process.memoryUsage.rss(),
  );
  metrics.gauge('process.cpu.time', { description: 'CPU time used since the start.', unit: 'ms' }, () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / MICROSECONDS_PER_MS;
  });
  metrics.gauge(
    'process.event_loop.delay.p99',
    { description: 'Event loop delay since last read.', unit: 'ms' },
    () => {
      const p99 = delay.percentile(99) / NANOSECONDS_PER_MS;
      delay.reset();
      return p99;
    },
  );
}
