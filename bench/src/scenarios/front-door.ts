import { Child } from '../child.ts';
import { type Figure, type FiguresResult, figure, MEBIBYTE } from '../measure/figures.ts';
import { percentilesOf } from '../measure/percentiles.ts';
import { cpuMsOf, peakBytesOf } from '../measure/process-usage.ts';
import type { BenchOptions } from '../options.ts';
import { OwnStack, type RunningService } from '../own-stack.ts';
import { PRESSED_TYPE, type PressCommand, type PressPlan, type PressReport } from '../press/press.types.ts';
import { type Api, createTenant } from '../tenant.ts';

const REQUEST_TIMEOUT_MS = 10_000;
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
    const strict = await createTenant(stack.api, { integrations: 0, urlOf: () => '' });
    await putPressedType(stack.api, strict.id);
    await config.stop();
    const service = await stack.startService('event-ingest', { HOOKSTILE_INGEST_ROLES: 'front-door' });
    const { hostname: host, port } = new URL(service.url);
    const unpaced = { everyMs: 0, refusals: 'fail' } as const;
    const target = { host, port: Number(port), key: tenant.key, dataBytes: options.dataBytes, ...unpaced };
    const oneByOne = { ...target, connections: CONNECTIONS, eventsARequest: 1 };
    const inBatches = { ...target, connections: BATCH_CONNECTIONS, eventsARequest: BATCH_EVENTS };
    const parties = { presser, service, options };
    const figures = [
      ...(await measured('one by one', WANTED_ONE_BY_ONE, parties, oneByOne)),
      ...(await measured(`batches of ${BATCH_EVENTS}`, WANTED_IN_BATCHES, parties, inBatches)),
      ...(await measured('one by one, with a schema', WANTED_ONE_BY_ONE, parties, { ...oneByOne, key: strict.key })),
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

/** The type of what is pressed gets a schema as they are: an object with a few members, one of them by a pattern. */
async function putPressedType(api: Api, tenantId: string): Promise<void> {
  const properties = { n: { type: 'integer', minimum: 0 }, text: { type: 'string', pattern: '^[^<>]*$' } };
  const schema = { type: 'object', required: ['n', 'text'], properties, additionalProperties: false };
  const response = await fetch(`${api.configUrl}/v1/event-types/${PRESSED_TYPE}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${api.adminKey}`,
      'content-type': 'application/json',
      'hookstile-tenant': tenantId,
    },
    body: JSON.stringify({ description: '', schema }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  if (response.status !== 201) throw new Error(`the event type was answered ${response.status}`);
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
