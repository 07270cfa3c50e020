import { Child } from '../child.ts';
import { type FiguresResult, figure } from '../measure/figures.ts';
import { latenciesOf } from '../measure/latencies.ts';
import { percentilesOf, percentilesOfAll } from '../measure/percentiles.ts';
import { type Bench, openBench } from '../open-bench.ts';
import type { BenchOptions } from '../options.ts';
import type { PressCommand, PressPlan, PressReport } from '../press/press.types.ts';
import { startHttpReceiver } from '../receive/http-receiver.ts';
import { runLoad } from '../run-load.ts';
import { type StackUnderTest, startStackUnderTest } from '../stack-under-test.ts';
import { createTenant } from '../tenant.ts';

/** Events a second of each tenant; the one that is measured stays below it. */
const QUOTA = 100;
/** What a tenant has saved: the quiet one sends what it owes after a moment in which the machine stood still. */
const BURST = 10 * QUOTA;
const QUIET_RATE = 80;
const NOISE = 100;
const QUIET_INTEGRATIONS = 20;
const NOISY_INTEGRATIONS = 4;
const BATCH_EVENTS = 100;
const BATCHES_PER_SECOND = 90;
const SINGLES_PER_SECOND = QUOTA * NOISE - BATCHES_PER_SECOND * BATCH_EVENTS;
const CONNECTIONS = 20;
const WANTED_RATIO = { atMost: 1.5 };
/** Latencies of a phase: its p99 then stands on 24 of them. */
const SAMPLES_MIN = 2_400;

type Presser = Child<PressCommand, PressReport>;

async function phase(bench: Bench, seconds: number): Promise<Float64Array> {
  const { streams, received } = await runLoad(bench.wire, {
    durationMs: seconds * 1_000,
    ratePerSecond: QUIET_RATE,
    backlog: 0,
    window: Number.POSITIVE_INFINITY,
    deliveriesPerEvent: 1,
    fanOut: false,
  });
  return latenciesOf(streams, received).acceptedMs;
}

/** All of it for so long: one event a request, and a hundred. */
async function makeNoise(pressers: readonly [Presser, Presser], plan: Omit<PressPlan, 'eventsARequest' | 'everyMs'>) {
  const every = (perSecond: number) => (1_000 * plan.connections) / perSecond;
  const press = (presser: Presser, eventsARequest: number, everyMs: number) =>
    presser.ask({ kind: 'press', plan: { ...plan, eventsARequest, everyMs } }, 'pressed');
  const [singles, batches] = await Promise.all([
    press(pressers[0], 1, every(SINGLES_PER_SECOND)),
    press(pressers[1], BATCH_EVENTS, every(BATCHES_PER_SECOND)),
  ]);
  const sent = singles.events + singles.refused + batches.events + batches.refused * BATCH_EVENTS;
  return { sentPerSecond: sent / plan.seconds, takenPerSecond: (singles.events + batches.events) / plan.seconds };
}

/**
 * Accepted → received of a tenant that keeps within its quota, while another one sends a hundred times its own, each event
 * to four endpoints; through front door, router and dispatcher. Against the phases before and after without the noise.
 */
export async function noisyTenant(options: BenchOptions): Promise<FiguresResult> {
  const quotas = { HOOKSTILE_EVENTS_PER_SECOND: String(QUOTA), HOOKSTILE_EVENTS_BURST: String(BURST) };
  const stack = await startStackUnderTest(options, quotas);
  try {
    return await besideNoise(options, stack);
  } finally {
    await stack.stop();
  }
}

async function besideNoise(options: BenchOptions, stack: StackUnderTest): Promise<FiguresResult> {
  const pressers: [Presser, Presser] = [new Child('./press/press-process.ts'), new Child('./press/press-process.ts')];
  // It takes all that the quota lets through of the noise.
  const endpoint = await startHttpReceiver((_path, _body, exchange) => exchange.answer(200));
  const bench = await openBench(options, stack, { integrations: QUIET_INTEGRATIONS, streams: options.streams });
  try {
    const { run } = stack;
    const api = { configUrl: run.services.config.url, adminKey: run.adminKey };
    const noisy = await createTenant(api, {
      integrations: NOISY_INTEGRATIONS,
      urlOf: () => `http://127.0.0.1:${endpoint.port}/`,
      settings: { eventTypes: ['*'] },
    });
    const { hostname: host, port } = new URL(run.services['event-ingest'].url);
    const seconds = Math.max(options.seconds, Math.ceil(SAMPLES_MIN / QUIET_RATE));
    const target = { host, port: Number(port), key: noisy.key, connections: CONNECTIONS };
    await phase(bench, options.warmUpSeconds);
    const before = await phase(bench, seconds);
    const plan = { ...target, seconds, dataBytes: options.dataBytes, refusals: 'count' } as const;
    const [during, noise] = await Promise.all([phase(bench, seconds), makeNoise(pressers, plan)]);
    const after = await phase(bench, seconds);
    const baseline = percentilesOfAll(before, after);
    const latency = percentilesOf(during);
    return {
      scenario: 'noisy-tenant',
      title: `${QUIET_RATE} events/s of a tenant beside another one that sends ${NOISE} times its quota of ${QUOTA}; phases of ${seconds} s`,
      figures: [
        figure('noise sent', noise.sentPerSecond, 'events/s'),
        figure('noise taken', noise.takenPerSecond, 'events/s'),
        figure('without it, before: p99', percentilesOf(before).p99, 'ms', 1),
        figure('without it, after: p99', percentilesOf(after).p99, 'ms', 1),
        figure('beside it: p50', latency.p50, 'ms', 1),
        figure('beside it: p99', latency.p99, 'ms', 1),
        figure('beside it: p50 against without', latency.p50 / baseline.p50, '×', 2),
        figure('beside it: p99 against without', latency.p99 / baseline.p99, '×', 2, WANTED_RATIO),
      ],
    };
  } finally {
    for (const presser of pressers) presser.end();
    await endpoint.refuse();
    await bench.end();
  }
}
