import { type Figure, type FiguresResult, figure } from '../measure/figures.ts';
import { latenciesOf } from '../measure/latencies.ts';
import { type Percentiles, percentilesOf, percentilesOfAll } from '../measure/percentiles.ts';
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
/** Latencies of a phase: its p99 then stands on 50 of them. */
const SAMPLES_MIN = 5_000;

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

function secondsOf({ seconds, rate }: BenchOptions): number {
  const wellPerSecond = (rate * (INTEGRATIONS - UNWELL.size)) / INTEGRATIONS;
  return Math.max(seconds, Math.ceil(SAMPLES_MIN / wellPerSecond));
}

function wellFigures(name: string, { p50, p99 }: Percentiles): Figure[] {
  return [figure(`all well, ${name}: p50`, p50, 'ms', 1), figure(`all well, ${name}: p99`, p99, 'ms', 1)];
}

/** Against the phases next to it. */
function figuresOf(name: string, before: Float64Array, latencies: Float64Array, after: Float64Array): Figure[] {
  const baseline = percentilesOfAll(before, after);
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
 * against the phases before and after with all well: how far those differ says what a ratio is worth. Whatever waited is
 * delivered after each phase, once and in order.
 */
export async function isolation(options: BenchOptions, stack: StackUnderTest): Promise<FiguresResult> {
  const settings = { retry: { delaysMs: RETRY_DELAYS_MS } };
  const plan = { integrations: INTEGRATIONS, streams: options.streams, settings, fragile: new Set([DEAD]) };
  const bench = await openBench(options, stack, plan);
  const { receiver } = bench.wire;
  const behave = (behaviours: [number, Behaviour][]) => receiver.ask({ kind: 'behave', behaviours }, 'behaving');
  const refuse = (isRefused: boolean) => receiver.ask({ kind: 'refuse', refuse: isRefused }, 'behaving');
  const seconds = secondsOf(options);
  try {
    await phase(bench, options.warmUpSeconds);
    const before = await phase(bench, seconds);
    await behave(slow);
    await refuse(true);
    const refused = await phase(bench, seconds, async () => {
      await refuse(false);
      await behave([]);
    });
    const between = await phase(bench, seconds);
    await behave([...slow, [DEAD, 'hang']]);
    const hanging = await phase(bench, seconds, () => behave([]));
    const after = await phase(bench, seconds);
    return {
      scenario: 'isolation',
      title: `${options.rate} events/s to ${INTEGRATIONS} endpoints; of them one dead and ${SLOW.length} answering after 14 s; phases of ${seconds} s`,
      figures: [
        ...wellFigures('before', percentilesOf(before)),
        ...figuresOf('one refuses', before, refused, between),
        ...wellFigures('between', percentilesOf(between)),
        ...figuresOf('one hangs', between, hanging, after),
        ...wellFigures('after', percentilesOf(after)),
      ],
    };
  } finally {
    await bench.end();
  }
}
