import { partitionOf } from '@hookstile/contracts';
import { connectMessaging } from '@hookstile/messaging';
import { Child } from '../child.ts';
import { type Figure, type FiguresResult, figure } from '../measure/figures.ts';
import { acceptedMsFrom, latenciesOf } from '../measure/latencies.ts';
import { percentilesOf, percentilesOfAll } from '../measure/percentiles.ts';
import { type Part, startUsage } from '../measure/usage-of-parts.ts';
import { type Bench, openBench } from '../open-bench.ts';
import type { BenchOptions } from '../options.ts';
import { PRESSED_TYPE, type PressCommand, type PressPlan, type PressReport } from '../press/press.types.ts';
import { startHttpReceiver } from '../receive/http-receiver.ts';
import { runLoad } from '../run-load.ts';
import { type StackUnderTest, startStackUnderTest } from '../stack-under-test.ts';
import { type Api, type BenchTenant, createTenant } from '../tenant.ts';

/** Events a second of each tenant; the one that is measured stays below it. */
const QUOTA = 100;
const QUIET_RATE = 80;
const NOISE = 100;
const QUIET_INTEGRATIONS = 20;
/** All of them get what is written to Kafka, and one gets the rest, as each of the quiet tenant's events has one receiver. */
const NOISY_INTEGRATIONS = 4;
const FLOOD_TYPE = 'bench.flood';
const BATCH_EVENTS = 100;
const BATCHES_PER_SECOND = 90;
const SINGLES_PER_SECOND = QUOTA * NOISE - BATCHES_PER_SECOND * BATCH_EVENTS;
const CONNECTIONS = 20;
const WANTED_RATIO = { atMost: 1.5 };
/** Latencies of a phase: its p99 then stands on 24 of them. */
const SAMPLES_MIN = 2_400;

/** Of the noise, what it may send at once is gone by then. */
const BURST_MS = 5_000;
/** With the noise: what it runs through is compiled by then. */
const NOISY_WARM_UP_SECONDS = 20;
const PARTITIONS = 12;
/** Written to Kafka at once, where no quota holds them. */
const FLOOD_EVENTS = 20_000;
const FLOOD_PIECE = 1_000;
const EVENTS_TOPIC = 'hookstile.events';

type Presser = Child<PressCommand, PressReport>;

interface Pressed {
  sentPerSecond: number;
  takenPerSecond: number;
}

interface Phase {
  latencies: Float64Array;
  /** Of what was sent behind the burst. */
  behindBurst: Float64Array;
  /** CPU-ms a second, by process. */
  usage: { name: string; cpuMs: number }[];
}

const WHOLE_NOISE = { singles: SINGLES_PER_SECOND, batches: BATCHES_PER_SECOND };
const AT_QUOTA = { singles: QUOTA, batches: 0 };

async function phase(bench: Bench, parts: readonly Part[], seconds: number): Promise<Phase> {
  const startedAt = performance.timeOrigin + performance.now();
  const usageOf = startUsage(parts);
  const { streams, received } = await runLoad(bench.wire, {
    durationMs: seconds * 1_000,
    ratePerSecond: QUIET_RATE,
    backlog: 0,
    window: Number.POSITIVE_INFINITY,
    deliveriesPerEvent: 1,
    fanOut: false,
  });
  return {
    latencies: latenciesOf(streams, received).acceptedMs,
    behindBurst: acceptedMsFrom(startedAt + BURST_MS, streams, received),
    usage: usageOf(seconds).map(({ name, cpuMsEach }) => ({ name, cpuMs: cpuMsEach })),
  };
}

/** For so long: one event a request, and a hundred. */
function pressOf(pressers: readonly [Presser, Presser], plan: Omit<PressPlan, 'port' | 'eventsARequest' | 'everyMs'>) {
  const ask = async (presser: Presser, port: number, eventsARequest: number, perSecond: number) => {
    if (perSecond === 0) return { events: 0, sent: 0 };
    const everyMs = (1_000 * plan.connections) / perSecond;
    const command = { kind: 'press', plan: { ...plan, port, eventsARequest, everyMs } } as const;
    const { events, refused } = await presser.ask(command, 'pressed');
    return { events, sent: events + refused * eventsARequest };
  };
  return async (port: number, perSecond: typeof WHOLE_NOISE): Promise<Pressed> => {
    const [singles, batches] = await Promise.all([
      ask(pressers[0], port, 1, perSecond.singles),
      ask(pressers[1], port, BATCH_EVENTS, perSecond.batches),
    ]);
    return {
      sentPerSecond: (singles.sent + batches.sent) / plan.seconds,
      takenPerSecond: (singles.events + batches.events) / plan.seconds,
    };
  };
}

/** Of another partition than the quiet one: within a partition events keep their order, and wait for those before them. */
async function anotherTenant(api: Api, quietId: string, port: number): Promise<BenchTenant> {
  for (;;) {
    const settingsOf = (index: number) => ({ eventTypes: index === 0 ? [PRESSED_TYPE, FLOOD_TYPE] : [FLOOD_TYPE] });
    const plan = { integrations: NOISY_INTEGRATIONS, urlOf: () => `http://127.0.0.1:${port}/`, settingsOf };
    const tenant = await createTenant(api, plan);
    if (partitionOf(tenant.id, PARTITIONS) !== partitionOf(quietId, PARTITIONS)) return tenant;
  }
}

/** As a platform's producer writes them, as fast as the broker takes them. */
async function flood(brokers: readonly string[], tenantId: string, dataBytes: number): Promise<void> {
  const messaging = await connectMessaging({ brokers: [...brokers], clientId: 'bench-flood' });
  const publisher = await messaging.publisher({ name: 'flood' });
  const value = Buffer.from(JSON.stringify({ text: 'x'.repeat(dataBytes) }));
  const attributes = { ce_specversion: '1.0', ce_source: '/bench', ce_type: FLOOD_TYPE, ce_tenantid: tenantId };
  const partition = partitionOf(tenantId, PARTITIONS);
  const event = (n: number) => {
    const headers = { ...attributes, ce_id: `flood-${n}`, 'content-type': 'application/json' };
    return { topic: EVENTS_TOPIC, partition, key: tenantId, headers, value };
  };
  for (let from = 0; from < FLOOD_EVENTS; from += FLOOD_PIECE)
    await publisher.publish(Array.from({ length: FLOOD_PIECE }, (_, n) => event(from + n)));
  await messaging.close();
}

function usageFigures(name: string, { usage }: Phase): Figure[] {
  return usage.map((one) => figure(`CPU ${name}: ${one.name}`, one.cpuMs, 'ms a second'));
}

/**
 * Accepted → received of a tenant that keeps within its quota, while another one like it sends a hundred times its own;
 * through front door, router and dispatcher. Against the phases before and after without the noise. What the machine has
 * to do with it is told by two more phases: the same noise sent to a server that takes none of it, and the same tenant
 * keeping within its quota. In the end it writes to Kafka, where no quota holds it and for four endpoints, more than a
 * dispatcher has memory for: who shares a partition of `deliveries` with it waits for that.
 */
export async function noisyTenant(options: BenchOptions): Promise<FiguresResult> {
  const stack = await startStackUnderTest(options, {
    HOOKSTILE_EVENTS_PER_SECOND: String(QUOTA),
    HOOKSTILE_PARTITIONS: String(PARTITIONS),
  });
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
  const elsewhere = await startHttpReceiver((_path, _body, exchange) => exchange.answer(429));
  const bench = await openBench(options, stack, { integrations: QUIET_INTEGRATIONS, streams: options.streams });
  try {
    const { run } = stack;
    const api = { configUrl: run.services.config.url, adminKey: run.adminKey };
    const noisy = await anotherTenant(api, bench.tenant.id, endpoint.port);
    const { hostname: host, port: doorPort } = new URL(run.services['event-ingest'].url);
    const seconds = Math.max(options.seconds, Math.ceil(SAMPLES_MIN / QUIET_RATE));
    const common = { host, key: noisy.key, connections: CONNECTIONS, seconds, dataBytes: options.dataBytes };
    const press = pressOf(pressers, { ...common, refusals: 'count' });
    const parts = [...bench.all, ...pressers.map(({ pid }, n) => ({ name: n === 0 ? 'singles' : 'batches', pid }))];
    const beside = async (port: number, perSecond: typeof WHOLE_NOISE) => {
      const [quiet, pressed] = await Promise.all([phase(bench, parts, seconds), press(port, perSecond)]);
      return { ...quiet, ...pressed };
    };
    const warm = pressOf(pressers, { ...common, seconds: NOISY_WARM_UP_SECONDS, refusals: 'count' });
    await Promise.all([phase(bench, parts, NOISY_WARM_UP_SECONDS), warm(Number(doorPort), WHOLE_NOISE)]);
    await phase(bench, parts, options.warmUpSeconds);
    const before = await phase(bench, parts, seconds);
    const during = await beside(Number(doorPort), WHOLE_NOISE);
    const after = await phase(bench, parts, seconds);
    const again = await beside(Number(doorPort), WHOLE_NOISE);
    const machine = await beside(elsewhere.port, WHOLE_NOISE);
    const within = await beside(Number(doorPort), AT_QUOTA);
    const [flooded] = await Promise.all([
      phase(bench, parts, seconds),
      flood(run.kafka.brokers, noisy.id, options.dataBytes),
    ]);
    const baseline = percentilesOfAll(before.latencies, after.latencies);
    const against = (name: string, latencies: Float64Array, wanted?: Figure['wanted']) => {
      const { p50, p99 } = percentilesOf(latencies);
      return [
        figure(`${name}: p50`, p50, 'ms', 1),
        figure(`${name}: p99`, p99, 'ms', 1),
        figure(`${name}: p50 against without`, p50 / baseline.p50, '×', 2),
        figure(`${name}: p99 against without`, p99 / baseline.p99, '×', 2, wanted),
      ];
    };
    return {
      scenario: 'noisy-tenant',
      title: `${QUIET_RATE} events/s of a tenant beside another one that sends ${NOISE} times its quota of ${QUOTA}; phases of ${seconds} s`,
      figures: [
        figure('noise sent', during.sentPerSecond, 'events/s'),
        figure('noise taken', during.takenPerSecond, 'events/s'),
        figure('without it, before: p99', percentilesOf(before.latencies).p99, 'ms', 1),
        figure('without it, after: p99', percentilesOf(after.latencies).p99, 'ms', 1),
        ...against('beside it', during.latencies, WANTED_RATIO),
        ...against('beside it, behind its burst', during.behindBurst),
        ...against('beside it, a second time', again.latencies),
        ...against('while it is sent elsewhere', machine.latencies),
        ...against('beside the same tenant within its quota', within.latencies),
        ...against(`beside ${FLOOD_EVENTS} events that it writes to Kafka at once`, flooded.latencies),
        ...usageFigures('without it', after),
        ...usageFigures('beside it', during),
      ],
    };
  } finally {
    for (const presser of pressers) presser.end();
    await endpoint.refuse();
    await elsewhere.refuse();
    await bench.end();
  }
}
