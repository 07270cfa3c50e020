import { Child } from '../child.ts';
import { type FiguresResult, figure, MEBIBYTE } from '../measure/figures.ts';
import { percentilesOf, percentilesOfAll } from '../measure/percentiles.ts';
import { cpuMsOf, peakBytesOf } from '../measure/process-usage.ts';
import type { BenchOptions } from '../options.ts';
import { OwnStack } from '../own-stack.ts';
import type { PressCommand, PressPlan, PressReport } from '../press/press.types.ts';
import { SLOW_KINDS, type SlowCommand, type SlowReport } from '../slow/slow.types.ts';
import { createTenant } from '../tenant.ts';

const SLOW_CONNECTIONS = 5_000;
const HEALTHY_CONNECTIONS = 20;
const WANTED_RATIO = { atMost: 2 };
/** Answers of a phase: its p99 then stands on 50 of them. */
const SAMPLES_MIN = 5_000;

/**
 * Callers that are well, while 5,000 others hold connections open: with half a head, with a body that does not come, from a
 * tenant and from strangers, or idle; each that is closed comes again. Against the phases before and after without them.
 */
export async function slowConnections(options: BenchOptions): Promise<FiguresResult> {
  const stack = await OwnStack.start(options);
  const presser: Child<PressCommand, PressReport> = new Child('./press/press-process.ts');
  const slow: Child<SlowCommand, SlowReport> = new Child('./slow/slow-process.ts');
  try {
    const config = await stack.startService('config');
    const healthy = await createTenant(stack.api, { integrations: 0, urlOf: () => '' });
    const dripping = await createTenant(stack.api, { integrations: 0, urlOf: () => '' });
    await config.stop();
    const service = await stack.startService('event-ingest', { HOOKSTILE_INGEST_ROLES: 'front-door' });
    const { hostname: host, port } = new URL(service.url);
    const everyMs = (1_000 * HEALTHY_CONNECTIONS) / options.rate;
    const seconds = Math.max(options.seconds, Math.ceil(SAMPLES_MIN / options.rate));
    const plan: PressPlan = {
      host,
      port: Number(port),
      key: healthy.key,
      connections: HEALTHY_CONNECTIONS,
      seconds,
      dataBytes: options.dataBytes,
      eventsARequest: 1,
      everyMs,
      refusals: 'fail',
    };
    const press = async (forSeconds = seconds) => {
      const { answeredMs } = await presser.ask({ kind: 'press', plan: { ...plan, seconds: forSeconds } }, 'pressed');
      return answeredMs;
    };
    await press(options.warmUpSeconds);
    const before = await press();
    const memoryBefore = peakBytesOf(service.pid);
    const target = { host, port: Number(port), key: dripping.key, connections: SLOW_CONNECTIONS };
    await slow.ask({ kind: 'open', plan: target }, 'opened');
    const cpuMs = cpuMsOf(service.pid);
    const during = await press();
    const cpuMsASecond = (cpuMsOf(service.pid) - cpuMs) / seconds;
    const { open, closed } = await slow.ask({ kind: 'count' }, 'counted');
    const memoryDuring = peakBytesOf(service.pid);
    slow.end();
    const after = await press();
    const baseline = percentilesOfAll(before, after);
    const latency = percentilesOf(during);
    return {
      scenario: 'slow-connections',
      title: `${options.rate} events/s over ${HEALTHY_CONNECTIONS} connections, beside ${SLOW_CONNECTIONS} slow ones (${SLOW_KINDS.join(', ')}); phases of ${seconds} s`,
      figures: [
        figure('slow connections open at the end of their phase', open, ''),
        figure('closed by the server, and opened again', closed, ''),
        figure('without them, before: p99', percentilesOf(before).p99, 'ms', 1),
        figure('without them, after: p99', percentilesOf(after).p99, 'ms', 1),
        figure('beside them: p50', latency.p50, 'ms', 1),
        figure('beside them: p99', latency.p99, 'ms', 1),
        figure('beside them: p50 against without', latency.p50 / baseline.p50, '×', 2),
        figure('beside them: p99 against without', latency.p99 / baseline.p99, '×', 2, WANTED_RATIO),
        figure('CPU of the front door beside them', cpuMsASecond, 'ms a second'),
        figure('peak memory grew by', (memoryDuring - memoryBefore) / MEBIBYTE, 'MiB'),
      ],
    };
  } finally {
    slow.end();
    presser.end();
    await stack.stop();
  }
}
