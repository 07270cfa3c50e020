import { Child } from '../child.ts';
import { type Figure, type FiguresResult, figure } from '../measure/figures.ts';
import { percentilesOf } from '../measure/percentiles.ts';
import { cpuMsOf, peakBytesOf } from '../measure/process-usage.ts';
import type { BenchOptions } from '../options.ts';
import { OwnStack, type RunningService } from '../own-stack.ts';
import type { PressCommand, PressPlan, PressReport } from '../press/press.types.ts';
import { createTenant } from '../tenant.ts';

const MEBIBYTE = 1_048_576;
const CONNECTIONS = 64;
const BATCH_CONNECTIONS = 8;
const BATCH_EVENTS = 100;
const WANTED_ONE_BY_ONE = 2_000;
const WANTED_IN_BATCHES = 4_000;

type Presser = Child<PressCommand, PressReport>;

/** One process that has the front door's role alone; each 202 stands for events that the broker acknowledged. */
export async function frontDoor(options: BenchOptions): Promise<FiguresResult> {
  const stack = await OwnStack.start(options);
  const presser: Presser = new Child('./press/press-process.ts');
  try {
    const config = await stack.startService('config');
    const tenant = await createTenant(stack.api, { integrations: 0, urlOf: () => '' });
    await config.stop();
    const service = await stack.startService('event-ingest', { HOOKSTILE_INGEST_ROLES: 'front-door' });
    const { hostname: host, port } = new URL(service.url);
    const target = { host, port: Number(port), key: tenant.key, dataBytes: options.dataBytes };
    const oneByOne = { ...target, connections: CONNECTIONS, eventsARequest: 1 };
    const inBatches = { ...target, connections: BATCH_CONNECTIONS, eventsARequest: BATCH_EVENTS };
    const figures = [
      ...(await measured('one by one', WANTED_ONE_BY_ONE, { presser, service, options }, oneByOne)),
      ...(await measured(`batches of ${BATCH_EVENTS}`, WANTED_IN_BATCHES, { presser, service, options }, inBatches)),
      figure('peak memory of the front door', peakBytesOf(service.pid) / MEBIBYTE, 'MiB'),
    ];
    return {
      scenario: 'front-door',
      title: `${options.seconds} s each on one process, events of about ${options.dataBytes} bytes, acknowledged by the broker`,
      figures,
    };
  } finally {
    presser.end();
    await stack.stop();
  }
}

interface Parties {
  presser: Presser;
  service: RunningService;
  options: BenchOptions;
}

async function measured(
  name: string,
  wanted: number,
  { presser, service, options }: Parties,
  plan: Omit<PressPlan, 'seconds'>,
): Promise<Figure[]> {
  await presser.ask({ kind: 'press', plan: { ...plan, seconds: options.warmUpSeconds } }, 'pressed');
  const cpuMs = cpuMsOf(service.pid);
  const pressed = await presser.ask({ kind: 'press', plan: { ...plan, seconds: options.seconds } }, 'pressed');
  const { p50, p99 } = percentilesOf(pressed.answeredMs);
  return [
    figure(`${name}, ${plan.connections} connections`, pressed.events / pressed.seconds, 'events/s', 0, {
      atLeast: wanted,
    }),
    figure(`${name}: CPU of the front door`, (cpuMsOf(service.pid) - cpuMs) / pressed.events, 'ms an event', 3),
    figure(`${name}: a request's answer, p50`, p50, 'ms', 1),
    figure(`${name}: a request's answer, p99`, p99, 'ms', 1),
  ];
}
