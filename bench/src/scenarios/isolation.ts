import { type Figure, type FiguresResult, figure } from '../measure/figures.ts';
import { latenciesOf } from '../measure/latencies.ts';
import { type Percentiles, percentilesOf } from '../measure/percentiles.ts';
import { type Bench, openBench } from '../open-bench.ts';
import type { BenchOptions } from '../options.ts';
import type { Behaviour } from '../receive/receive.types.ts';
import { type LoadResult, runLoad } from '../run-load.ts';
import type { StackUnderTest } from '../stack-under-test.ts';

const INTEGRATIONS = 50;
const DEAD = 0;
const SLOW = Array.from({ length: 15 }, (_, index) => index + 1);
const UNWELL = new Set([DEAD, ...SLOW]);
/** Of the dead one, so that it recovers soon after its endpoint. */
const RETRY_DELAYS_MS = Array.from({ length: 20 }, () => 2_000);
const WANTED_RATIO = { atMost: 2 };

const slow = SLOW.map((integration): [number, Behaviour] => [integration, 'slow']);

/** Latencies of the endpoints that are always well. */
function latenciesOfWell({ streams, received }: LoadResult): Float64Array {
  const well = received.filter(({ integration }) => !UNWELL.has(integration));
  return latenciesOf(streams, well).acceptedMs;
}

async function phase(bench: Bench, seconds: number, heal?: () => Promise<unknown>): Promise<Float64Array> {
  const plan = {
    durationMs: seconds * 1_000,
    ratePerSecond: bench.options.rate,
    backlog: 0,
    window: Number.POSITIVE_INFINITY,
    deliveriesPerEvent: 1,
    fanOut: false,
  };
  return latenciesOfWell(await runLoad(bench.wire, plan, heal));
}

function figuresOf(name: string, latencies: Float64Array, baseline: Percentiles): Figure[] {
  const latency = percentilesOf(latencies);
  return [
    figure(`${name}: p50`, latency.p50, 'ms', 1),
    figure(`${name}: p99`, latency.p99, 'ms', 1),
    figure(`${name}: p50 against all well`, latency.p50 / baseline.p50, '×', 2, WANTED_RATIO),
    figure(`${name}: p99 against all well`, latency.p99 / baseline.p99, '×', 2, WANTED_RATIO),
  ];
}

/**
 * Accepted → received of 34 endpoints that are well, while of the other 16 one is dead and 15 answer after 14 s,
 * against a phase before and one after with all well. Whatever waited is delivered after each phase, once and in order.
 */
export async function isolation(options: BenchOptions, stack: StackUnderTest): Promise<FiguresResult> {
  const settings = { retry: { delaysMs: RETRY_DELAYS_MS } };
  const plan = { integrations: INTEGRATIONS, streams: options.streams, settings, fragile: new Set([DEAD]) };
  const bench = await openBench(options, stack, plan);
  const { receiver } = bench.wire;
  const behave = (behaviours: [number, Behaviour][]) => receiver.ask({ kind: 'behave', behaviours }, 'behaving');
  const refuse = (isRefused: boolean) => receiver.ask({ kind: 'refuse', refuse: isRefused }, 'behaving');
  try {
    await phase(bench, options.warmUpSeconds);
    const wellBefore = await phase(bench, options.seconds);
    await behave(slow);
    await refuse(true);
    const refused = await phase(bench, options.seconds, async () => {
      await refuse(false);
      await behave([]);
    });
    await behave([...slow, [DEAD, 'hang']]);
    const hanging = await phase(bench, options.seconds, () => behave([]));
    const wellAfter = await phase(bench, options.seconds);
    const baseline = percentilesOf(Float64Array.of(...wellBefore, ...wellAfter));
    return {
      scenario: 'isolation',
      title: `${options.rate} events/s to ${INTEGRATIONS} endpoints; of them one dead and ${SLOW.length} answering after 14 s`,
      figures: [
        figure('all well: p50', baseline.p50, 'ms', 1),
        figure('all well: p99', baseline.p99, 'ms', 1),
        ...figuresOf('one refuses', refused, baseline),
        ...figuresOf('one hangs', hanging, baseline),
      ],
    };
  } finally {
    await bench.end();
  }
}
