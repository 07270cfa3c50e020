import { setTimeout as sleep } from 'node:timers/promises';
import type { BareApi, BareCommand, BareReport } from '../bare/bare.types.ts';
import { Child } from '../child.ts';
import { type Figure, type FiguresResult, figure } from '../measure/figures.ts';
import { cpuMsOf } from '../measure/process-usage.ts';
import type { BenchOptions } from '../options.ts';
import { OwnStack } from '../own-stack.ts';
import type { ReceiveReport } from '../receive/receive.types.ts';
import type { Receiver } from '../run-load.ts';
import type { SeedCommand, SeedReport } from '../seed/seed.types.ts';
import { type BenchTenant, createTenant } from '../tenant.ts';

const CONNECTIONS = 64;
const FEW = 50;
const MANY = 500;
/** Part of the deliveries before the measurement: start, compilation, first connections. */
const WARM_UP_PART = 0.25;
const DRAIN_MAX_MS = 300_000;
const POLL_MS = 2;
/** Of each measurement of undici alone. */
const BARE_SECONDS = 5;
const BARE_PART_WANTED = 33;
const CPU_MS_WANTED = 0.17;

interface World {
  options: BenchOptions;
  stack: OwnStack;
  receiver: Receiver;
  progress: { count: number };
  port: number;
  tenant: BenchTenant;
}

interface Measured {
  perSecond: number;
  cpuMsEach: number;
}

async function open(options: BenchOptions, stack: OwnStack): Promise<World> {
  const progress = { count: 0 };
  const receiver: Receiver = new Child('./receive/receive-process.ts', (report: ReceiveReport) => {
    if (report.kind === 'progress') progress.count = report.count;
  });
  const { port } = await receiver.ask({ kind: 'configure', integrations: MANY, streams: 1 }, 'listening');
  const config = await stack.startService('config');
  const urlOf = (index: number) => `http://127.0.0.1:${port}/${index}`;
  const tenant = await createTenant(stack.api, { integrations: MANY, urlOf });
  await config.stop();
  return { options, stack, receiver, progress, port, tenant };
}

function begin({ receiver, progress }: World, run: number): void {
  progress.count = 0;
  receiver.tell({ kind: 'begin', run });
}

/** undici alone, against the same receiver, with as many connections. */
async function bare(world: World, run: number, api: BareApi): Promise<Measured> {
  const { options, port } = world;
  begin(world, run);
  const client = new Child<BareCommand, BareReport>('./bare/bare-process.ts');
  const plan = { api, origin: `http://127.0.0.1:${port}`, connections: CONNECTIONS, seconds: BARE_SECONDS };
  const done = await client.ask(
    { kind: 'run', run: { ...plan, integrations: FEW, run, dataBytes: options.dataBytes } },
    'done',
  );
  client.end();
  return done;
}

/** Polls often: the rate is taken between two counts. */
async function reached({ progress }: World, count: number): Promise<void> {
  const deadline = performance.now() + DRAIN_MAX_MS;
  while (progress.count < count) {
    if (performance.now() > deadline) throw new Error(`${progress.count} of ${count} deliveries came`);
    await sleep(POLL_MS);
  }
}

/** Fills the topic, then starts one dispatcher and waits until all have come. */
async function dispatch(world: World, run: number, integrations: number): Promise<Measured> {
  const { options, stack, receiver, progress, tenant } = world;
  const { deliveries, dataBytes } = options;
  const seeder = new Child<SeedCommand, SeedReport>('./seed/seed-process.ts');
  const plan = {
    brokers: stack.brokers,
    tenantId: tenant.id,
    integrationIds: tenant.integrationIds.slice(0, integrations),
    run,
    deliveries,
    firstSourceOffset: run * deliveries,
    dataBytes,
  };
  await seeder.ask({ kind: 'seed', plan }, 'seeded');
  seeder.end();
  begin(world, run);
  const dispatcher = await stack.startService('dispatcher');
  await reached(world, Math.floor(deliveries * WARM_UP_PART));
  const [from, startedAt, cpuMs] = [progress.count, performance.now(), cpuMsOf(dispatcher.pid)];
  await reached(world, deliveries);
  const seconds = (performance.now() - startedAt) / 1_000;
  const measured = deliveries - from;
  const result = { perSecond: measured / seconds, cpuMsEach: (cpuMsOf(dispatcher.pid) - cpuMs) / measured };
  const { faults } = await receiver.ask({ kind: 'end' }, 'ended');
  await dispatcher.stop();
  if (faults.first !== null) throw new Error(`not exactly once and in order: ${faults.first}`);
  return result;
}

interface Bases {
  /** Before and after the dispatcher. */
  request: readonly [Measured, Measured];
  dispatch: readonly [Measured, Measured];
}

function mean([first, second]: readonly [Measured, Measured]): Measured {
  const half = (of: (measured: Measured) => number): number => (of(first) + of(second)) / 2;
  return { perSecond: half(({ perSecond }) => perSecond), cpuMsEach: half(({ cpuMsEach }) => cpuMsEach) };
}

function baseFigures(name: string, pair: readonly [Measured, Measured]): Figure[] {
  return [
    figure(`${name}, before`, pair[0].perSecond, '/s'),
    figure(`${name}, after`, pair[1].perSecond, '/s'),
    figure(`${name}: CPU`, mean(pair).cpuMsEach, 'ms', 3),
  ];
}

function figuresOf({ request, dispatch }: Bases, few: Measured, many: Measured): Figure[] {
  const part = (base: readonly [Measured, Measured]): number => (few.perSecond / mean(base).perSecond) * 100;
  const wanted = { atLeast: BARE_PART_WANTED };
  const cpuWanted = { atMost: CPU_MS_WANTED };
  return [
    ...baseFigures('undici alone, request()', request),
    ...baseFigures('undici alone, dispatch()', dispatch),
    figure(`${FEW} integrations`, few.perSecond, '/s'),
    figure(`${FEW} integrations, of undici's request()`, part(request), '%', 1, wanted),
    figure(`${FEW} integrations, of undici's dispatch()`, part(dispatch), '%', 1, wanted),
    figure(`${FEW} integrations: CPU of the dispatcher`, few.cpuMsEach, 'ms', 3, cpuWanted),
    figure(`${MANY} integrations`, many.perSecond, '/s'),
    figure(`${MANY} integrations: CPU of the dispatcher`, many.cpuMsEach, 'ms', 3, cpuWanted),
    figure(`${MANY} integrations against ${FEW}`, many.perSecond / few.perSecond, '×', 2, { atLeast: 1 }),
  ];
}

/**
 * One dispatcher with all deliveries in Kafka already – strict, signed, journaled – against undici with as many
 * connections and the same receiver: by `request()`, as a program would use it, and by the raw `dispatch()`, of which
 * the dispatcher itself is made.
 */
export async function dispatcherAlone(options: BenchOptions): Promise<FiguresResult> {
  const stack = await OwnStack.start(options);
  let receiver: Receiver | null = null;
  try {
    const world = await open(options, stack);
    receiver = world.receiver;
    const [requestBefore, dispatchBefore] = [await bare(world, 1, 'request'), await bare(world, 2, 'dispatch')];
    const few = await dispatch(world, 3, FEW);
    const many = await dispatch(world, 4, MANY);
    const [requestAfter, dispatchAfter] = [await bare(world, 5, 'request'), await bare(world, 6, 'dispatch')];
    const bases = { request: [requestBefore, requestAfter], dispatch: [dispatchBefore, dispatchAfter] } as const;
    return {
      scenario: 'dispatcher-alone',
      title: `${options.deliveries} deliveries that are in Kafka already, one process, strict, signed, journaled`,
      figures: figuresOf(bases, few, many),
    };
  } finally {
    receiver?.end();
    await stack.stop();
  }
}
