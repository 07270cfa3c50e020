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
  frugal: Target;
  ordinary: Target;
}

/** A way to receive, and a tenant whose integrations all end there. */
interface Target {
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
  const { port, nodePort } = await receiver.ask({ kind: 'configure', integrations: MANY, streams: 1 }, 'listening');
  const config = await stack.startService('config');
  const target = async (at: number, integrations: number): Promise<Target> => {
    const urlOf = (index: number) => `http://127.0.0.1:${at}/${index}`;
    return { port: at, tenant: await createTenant(stack.api, { integrations, urlOf }) };
  };
  const frugal = await target(port, MANY);
  const ordinary = await target(nodePort, FEW);
  await config.stop();
  return { options, stack, receiver, progress, frugal, ordinary };
}

function begin({ receiver, progress }: World, run: number): void {
  progress.count = 0;
  receiver.tell({ kind: 'begin', run });
}

/** undici alone, against the same receiver, with as many connections. */
async function bare(world: World, { port }: Target, run: number, api: BareApi): Promise<Measured> {
  const { options } = world;
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
async function dispatch(world: World, { tenant }: Target, run: number, integrations: number): Promise<Measured> {
  const { options, stack, receiver, progress } = world;
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

/** Before and after the dispatcher. */
type Base = readonly [Measured, Measured];

interface Runs {
  request: Base;
  dispatch: Base;
  few: Measured;
  many: Measured;
  /** At the ordinary receiver. */
  ordinaryRequest: Base;
  ordinaryFew: Measured;
}

function mean([first, second]: Base): Measured {
  const half = (of: (measured: Measured) => number): number => (of(first) + of(second)) / 2;
  return { perSecond: half(({ perSecond }) => perSecond), cpuMsEach: half(({ cpuMsEach }) => cpuMsEach) };
}

function baseFigures(name: string, pair: Base): Figure[] {
  return [
    figure(`${name}, before`, pair[0].perSecond, '/s'),
    figure(`${name}, after`, pair[1].perSecond, '/s'),
    figure(`${name}: CPU`, mean(pair).cpuMsEach, 'ms', 3),
  ];
}

async function runs(world: World): Promise<Runs> {
  const { frugal, ordinary } = world;
  const [requestBefore, dispatchBefore] = [
    await bare(world, frugal, 1, 'request'),
    await bare(world, frugal, 2, 'dispatch'),
  ];
  const few = await dispatch(world, frugal, 3, FEW);
  const many = await dispatch(world, frugal, 4, MANY);
  const request = [requestBefore, await bare(world, frugal, 5, 'request')] as const;
  const dispatched = [dispatchBefore, await bare(world, frugal, 6, 'dispatch')] as const;
  const ordinaryBefore = await bare(world, ordinary, 7, 'request');
  const ordinaryFew = await dispatch(world, ordinary, 8, FEW);
  const ordinaryRequest = [ordinaryBefore, await bare(world, ordinary, 9, 'request')] as const;
  return { request, dispatch: dispatched, few, many, ordinaryRequest, ordinaryFew };
}

function figuresOf({ request, dispatch, few, many, ordinaryRequest, ordinaryFew }: Runs): Figure[] {
  const part = (of: Measured, base: Base): number => (of.perSecond / mean(base).perSecond) * 100;
  const wanted = { atLeast: BARE_PART_WANTED };
  const cpuWanted = { atMost: CPU_MS_WANTED };
  return [
    ...baseFigures('undici alone, request()', request),
    ...baseFigures('undici alone, dispatch()', dispatch),
    figure(`${FEW} integrations`, few.perSecond, '/s'),
    figure(`${FEW} integrations, of undici's request()`, part(few, request), '%', 1, wanted),
    figure(`${FEW} integrations, of undici's dispatch()`, part(few, dispatch), '%', 1, wanted),
    figure(`${FEW} integrations: CPU of the dispatcher`, few.cpuMsEach, 'ms', 3, cpuWanted),
    figure(`${MANY} integrations`, many.perSecond, '/s'),
    figure(`${MANY} integrations: CPU of the dispatcher`, many.cpuMsEach, 'ms', 3, cpuWanted),
    figure(`${MANY} integrations against ${FEW}`, many.perSecond / few.perSecond, '×', 2, { atLeast: 1 }),
    ...baseFigures("at Node's own server: undici alone, request()", ordinaryRequest),
    figure(`at Node's own server: ${FEW} integrations`, ordinaryFew.perSecond, '/s'),
    figure(
      `at Node's own server: ${FEW} integrations, of undici's request()`,
      part(ordinaryFew, ordinaryRequest),
      '%',
      1,
      wanted,
    ),
    figure(
      `at Node's own server: ${FEW} integrations: CPU of the dispatcher`,
      ordinaryFew.cpuMsEach,
      'ms',
      3,
      cpuWanted,
    ),
  ];
}

/**
 * One dispatcher with all deliveries in Kafka already – strict, signed, journaled – against undici with as many
 * connections and the same receiver: by `request()`, as a program would use it, and by the raw `dispatch()`, of which
 * the dispatcher itself is made. The receiver costs as little as it can, so that undici is what bounds undici; webhooks
 * are no such servers, so a second comparison has the server of `node:http`, which bounds undici before it bounds us.
 */
export async function dispatcherAlone(options: BenchOptions): Promise<FiguresResult> {
  const stack = await OwnStack.start(options);
  let receiver: Receiver | null = null;
  try {
    const world = await open(options, stack);
    receiver = world.receiver;
    return {
      scenario: 'dispatcher-alone',
      title: `${options.deliveries} deliveries that are in Kafka already, one process, strict, signed, journaled`,
      figures: figuresOf(await runs(world)),
    };
  } finally {
    receiver?.end();
    await stack.stop();
  }
}
