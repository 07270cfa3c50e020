import { setTimeout as sleep } from 'node:timers/promises';
import { type FiguresResult, figure, MEBIBYTE } from '../measure/figures.ts';
import { dispatcherMemory } from '../measure/memory-series.ts';
import { percentilesOf } from '../measure/percentiles.ts';
import { startUsage } from '../measure/usage-of-parts.ts';
import { type Bench, openBench } from '../open-bench.ts';
import type { BenchOptions } from '../options.ts';
import { type LoadResult, runLoad } from '../run-load.ts';
import type { StackUnderTest } from '../stack-under-test.ts';
import { waitUntil } from '../wait-until.ts';

/** So many producers fill the backlog soon. */
const STREAMS = 64;
const RUN_MAX_MS = 1_800_000;
const PARKED_MAX_MS = 600_000;
const DRAINED_MAX_MS = 900_000;
const SETTLE_MS = 3_000;
/** How long it is looked at after the lane flows. */
const AFTER_MS = 10_000;
const RETRY_DELAY_MS = 5_000;
const RETRIES = 100;
const REQUEST_TIMEOUT_MS = 10_000;

/** Whether nothing of the integration waits in rows. */
async function flows({ tenant }: Bench, { run }: StackUnderTest): Promise<boolean> {
  const [dispatcher] = run.services.dispatcher;
  const response = await fetch(`${dispatcher?.url}/v1/integrations/${tenant.integrationIds[0]}/lanes`, {
    headers: { authorization: `Bearer ${run.adminKey}`, 'hookstile-tenant': tenant.id },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the dispatcher answered ${response.status} for an integration's lanes`);
  const { items } = (await response.json()) as { items: { state: string }[] };
  return items.every(({ state }) => state === 'flowing');
}

/** From the 202 to the receiver, of events that were accepted since then. */
function latencySince({ streams, received }: LoadResult, sinceMs: number) {
  const latencies: number[] = [];
  for (const { stream, atMs } of received) {
    const accepted = streams[stream]?.acceptedMs;
    atMs.forEach((at, number) => {
      const acceptedMs = accepted?.[number] ?? 0;
      if (acceptedMs >= sinceMs) latencies.push(Math.max(0, at - acceptedMs));
    });
  }
  return percentilesOf(Float64Array.from(latencies));
}

const mebibytes = (bytes: number): number => bytes / MEBIBYTE;
const now = (): number => performance.timeOrigin + performance.now();

/**
 * One lane whose endpoint answers 503 until `--parked` deliveries are rows; then it answers 200, while events keep
 * arriving at `--rate`. Throws unless each delivery came once and in order.
 */
export async function recovery(options: BenchOptions, stack: StackUnderTest): Promise<FiguresResult> {
  const { parked, rate } = options;
  const settings = { retry: { delaysMs: Array.from({ length: RETRIES }, () => RETRY_DELAY_MS) } };
  const bench = await openBench(options, stack, { integrations: 1, streams: STREAMS, settings });
  const { wire, eventLog } = bench;
  const memory = dispatcherMemory(stack);
  try {
    await sleep(SETTLE_MS);
    const before = await memory.read();
    await wire.receiver.ask({ kind: 'behave', behaviours: [[0, 'fail']] }, 'behaving');
    const peakWhileParking = memory.startPeak();
    const load = runLoad(wire, {
      durationMs: RUN_MAX_MS,
      ratePerSecond: rate,
      backlog: parked,
      window: Number.POSITIVE_INFINITY,
      deliveriesPerEvent: 1,
      fanOut: false,
    });
    load.catch(() => {});
    await waitUntil(`${parked} deliveries are parked`, PARKED_MAX_MS, async () => (await eventLog.parked()) >= parked);
    const whileParking = await peakWhileParking();
    const peakWhileDraining = memory.startPeak();
    await wire.receiver.ask({ kind: 'behave', behaviours: [] }, 'behaving');
    await waitUntil('the endpoint gets something', DRAINED_MAX_MS, () => wire.delivered > 0);
    const usageSince = startUsage(bench.stack);
    const [drainedFrom, startedAt] = [wire.delivered, performance.now()];
    await waitUntil('the backlog is drained', DRAINED_MAX_MS, () => wire.delivered >= parked);
    const drainSeconds = (performance.now() - startedAt) / 1_000;
    const drained = wire.delivered - drainedFrom;
    const usage = usageSince(drained);
    await waitUntil('the lane flows', DRAINED_MAX_MS, () => flows(bench, stack));
    const flowSeconds = (performance.now() - startedAt) / 1_000;
    const whileDraining = await peakWhileDraining();
    const flowsSince = now();
    await sleep(AFTER_MS);
    wire.load.tell({ kind: 'finish' });
    const latency = latencySince(await load, flowsSince);
    await sleep(SETTLE_MS);
    const after = await memory.read();
    return {
      scenario: 'recovery',
      title: `one lane with ${parked} parked deliveries, while ${rate} events/s keep arriving`,
      figures: [
        figure('drained', drained / drainSeconds, '/s', 0, { atLeast: 500 }),
        ...usage.map(({ name, cpuMsEach }) => figure(`CPU of each drained: ${name}`, cpuMsEach, 'ms', 3)),
        figure('until the lane flows', flowSeconds, 's', 1),
        figure('then accepted → received, p50', latency.p50, 'ms', 1),
        figure('then accepted → received, p99', latency.p99, 'ms', 1),
        figure('dispatcher before: RSS', mebibytes(before.rssBytes), 'MiB'),
        figure('dispatcher before: heap', mebibytes(before.heapBytes), 'MiB'),
        figure('peak while parking: RSS', mebibytes(whileParking.rssBytes), 'MiB'),
        figure('peak while parking: heap', mebibytes(whileParking.heapBytes), 'MiB'),
        figure('peak while draining: RSS', mebibytes(whileDraining.rssBytes), 'MiB'),
        figure('peak while draining: heap', mebibytes(whileDraining.heapBytes), 'MiB'),
        figure('dispatcher after: RSS', mebibytes(after.rssBytes), 'MiB'),
        figure('dispatcher after: heap', mebibytes(after.heapBytes), 'MiB'),
      ],
    };
  } finally {
    await bench.end();
  }
}
