import { type ReceivedRequest, type Receiver, randomSuffix, startReceiver, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from './api.js';
import { type Stack, startStack } from './stack.js';

const EVENTS = 400;
/** How many deliveries of the first integration have come when a process is killed. */
const DISPATCHER_KILLS_AT = [60, 160, 300];
const ROUTER_KILL_AT = 220;
const RECOVERED_BEFORE_KILL = 80;
const PATHS = ['/steady', '/slow', '/flaky'] as const;
const FLAKY = '/flaky';
/** What the journal may not have acknowledged of a lane when its process dies. */
const UNACKNOWLEDGED_MAX = 4;
const ARRIVAL_TIMEOUT_MS = 40_000;

let stack: Stack;
let receiver: Receiver;
let api: Api;
const succeeded = new Set<ReceivedRequest>();

const numberOf = ({ body }: ReceivedRequest): number => JSON.parse(body.toString('utf8')).data.n;
const idOf = ({ headers }: ReceivedRequest): string => String(headers['webhook-id']);
const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** Every seventh event fails at its first request; a repeated one after a kill is no first. */
function answerAll(): void {
  receiver.answer('/steady', (request) => succeed(request, 2));
  receiver.answer('/slow', (request) => succeed(request, 15));
  const refused = new Set<number>();
  receiver.answer(FLAKY, (request) => {
    const n = numberOf(request);
    if (n % 7 !== 3 || refused.has(n)) return succeed(request, 1);
    refused.add(n);
    return { status: 503 };
  });
}

function succeed(request: ReceivedRequest, delayMs: number): { status: number; delayMs: number } {
  succeeded.add(request);
  return { status: 200, delayMs };
}

const successesOn = (path: string): ReceivedRequest[] => receiver.on(path).filter((request) => succeeded.has(request));

async function emitAll(): Promise<void> {
  for (const n of range(EVENTS)) {
    const body = { id: `kill-${n}`, type: 'kill', data: { n } };
    await until(async () => (await api.send('POST', '/v1/events', { body })).status === 202, {
      timeoutMs: ARRIVAL_TIMEOUT_MS,
      what: `event ${n} to be accepted`,
    });
  }
}

type Killed = 'dispatcher' | 'event-ingest' | 'audit';

const pidOf = (service: Killed): number | undefined => {
  const { services } = stack.current();
  return service === 'dispatcher' ? services.dispatcher[0]?.pid : services[service].pid;
};

/** Kills once so many are there, and waits until `npm start` has put another process in its place. */
async function kill(service: Killed, afterDeliveries: number): Promise<void> {
  await until(() => successesOn('/steady').length >= afterDeliveries, {
    timeoutMs: ARRIVAL_TIMEOUT_MS,
    what: `${afterDeliveries} deliveries`,
  });
  const pid = pidOf(service);
  if (pid === undefined) throw new Error(`no ${service} in run.json`);
  process.kill(pid, 'SIGKILL');
  await until(() => pidOf(service) !== pid, { timeoutMs: ARRIVAL_TIMEOUT_MS, what: `another ${service}` });
}

function firsts(requests: readonly ReceivedRequest[]): number[] {
  return [...new Set(requests.map(numberOf))];
}

beforeAll(async () => {
  stack = await startStack();
  receiver = await startReceiver();
  const tenantId = `kill-${randomSuffix()}`;
  await new Api(stack.run.baseUrl, stack.run.adminKey).expect(201, 'POST', '/v1/tenants', {
    body: { id: tenantId, name: 'Kill', plan: 'standard' },
  });
  api = new Api(stack.run.baseUrl, stack.run.adminKey, tenantId);
  answerAll();
  for (const path of PATHS) {
    const body = { name: path, url: `${receiver.url}${path}`, retry: { delaysMs: [100, 200, 400, 800, 1_600] } };
    await api.expect(201, 'POST', '/v1/integrations', { body });
  }
});

afterAll(async () => {
  await receiver?.close();
  await stack?.stop();
});

describe('kill -9 in mid-flow', () => {
  it('of dispatcher and router loses nothing and keeps the order; what comes twice was unacknowledged', async () => {
    const emitting = emitAll();
    const [first = 0, second = 0, third = 0] = DISPATCHER_KILLS_AT;
    await kill('dispatcher', first);
    await kill('dispatcher', second);
    await kill('event-ingest', ROUTER_KILL_AT);
    await kill('dispatcher', third);
    await emitting;
    for (const path of PATHS) {
      await until(() => firsts(successesOn(path)).length === EVENTS, {
        timeoutMs: ARRIVAL_TIMEOUT_MS,
        what: `every event on ${path}`,
      });
      expect(firsts(successesOn(path))).toEqual(range(EVENTS));
      const ids = new Set(receiver.on(path).map((request) => `${numberOf(request)} ${idOf(request)}`));
      expect(ids.size).toBe(EVENTS);
      const repeated = successesOn(path).length - EVENTS;
      expect(repeated).toBeLessThanOrEqual(UNACKNOWLEDGED_MAX * DISPATCHER_KILLS_AT.length);
    }
  });

  it('is followed by no repetition when everything is restarted', async () => {
    const before = PATHS.map((path) => receiver.on(path).length);
    await stack.stop();
    stack = await startStack({ home: stack.home, port: stack.port });
    const body = { id: 'after', type: 'kill', data: { n: EVENTS } };
    await api.expect(202, 'POST', '/v1/events', { body });
    for (const path of PATHS) {
      await until(() => successesOn(path).some((request) => numberOf(request) === EVENTS), {
        what: `the last event on ${path}`,
      });
    }
    const after = PATHS.map((path) => receiver.on(path).length);
    expect(after).toEqual(before.map((count) => count + 1));
  });

  it('of audit amid a recovery leaves none out, sends none twice and keeps their order', async () => {
    const integrations = await api.list<{ id: string; name: string }>('/v1/integrations');
    const integrationId = integrations.find(({ name }) => name === '/steady')?.id;
    const asked = { integrationId, since: '2026-01-02T00:00:00Z', status: 'all', ratePerSecond: 100 };
    const dryRun = { body: { ...asked, dryRun: true } };
    await until(async () => (await api.send('POST', '/v1/recoveries', dryRun)).body.matched === EVENTS + 1, {
      what: 'all to be shown as delivered',
    });
    const before = receiver.on('/steady').length;
    const recovered = () => receiver.on('/steady').slice(before).map(numberOf);
    const { id } = await api.expect<{ id: string }>(202, 'POST', '/v1/recoveries', { body: asked });
    await kill('audit', successesOn('/steady').length + RECOVERED_BEFORE_KILL);
    await until(async () => (await api.send('GET', `/v1/recoveries/${id}`)).body?.status === 'done', {
      timeoutMs: ARRIVAL_TIMEOUT_MS,
      what: 'the recovery to end',
    });
    expect(recovered()).toEqual(range(EVENTS + 1));
  });
});
