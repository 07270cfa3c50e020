import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { spawnOwned } from '../processes/spawn-owned.ts';
import { Supervised } from '../processes/supervised.ts';
import type { Stack } from '../stack.ts';
import { messageOf } from '../stack-problem.error.ts';
import type { Terminal } from '../terminal.ts';
import { ApiClient } from './api-client.ts';
import { type DisabledWebhook, demoTable, outcomeOf, type WebhookOutcome } from './demo-report.ts';
import { DEMO_TENANT, DEMO_WEBHOOKS, type DemoSetup, type DemoWebhook, setUpDemo } from './demo-setup.ts';
import type { Received } from './receiver.ts';

const BY_HTTP = 30;
const BY_KAFKA = 30;
const SENT = BY_HTTP + BY_KAFKA;
const ARRIVAL_TIMEOUT_MS = 30_000;
const POLL_MS = 100;
const DEFAULT_TOPIC_PREFIX = 'hookstile.';
const DEFAULT_PARTITIONS = 12;
const RECEIVER_GRACE_MS = 2_000;

export interface DemoResult {
  setup: DemoSetup;
  receiverUrl: string;
}

/** Shows the system at work over its public API. A demo that fails says so; the stack runs on. */
export async function runDemo(stack: Stack, terminal: Terminal, signal: AbortSignal): Promise<DemoResult | null> {
  try {
    return await demonstrate(stack, terminal, signal);
  } catch (error) {
    if (!signal.aborted) terminal.line(`! The demo failed: ${messageOf(error)}`);
    return null;
  }
}

async function demonstrate(stack: Stack, terminal: Terminal, signal: AbortSignal): Promise<DemoResult> {
  const { run: running, home, ports } = stack;
  const receiverUrl = `http://127.0.0.1:${ports.receiver}`;
  await startReceiver(stack, terminal, signal);
  const headers = { authorization: `Bearer ${running.adminKey}`, 'hookstile-tenant': DEMO_TENANT };
  const api = new ApiClient(running.baseUrl, headers, signal);
  const run = `demo-${Date.now().toString(36)}`;
  const setup = await terminal.task('Demo: a tenant and three webhooks', () =>
    setUpDemo(home.directory, api, receiverUrl),
  );
  await terminal.task(`Demo: ${BY_HTTP} events by HTTP, ${BY_KAFKA} by Kafka`, () => sendEvents(stack, api, run));
  const [outcomes, dead] = await terminal.task('Demo: waiting for the webhooks', async () => {
    const settled = await untilArrived(receiverUrl, setup, run, signal);
    return [settled, await untilDisabled(api, setup.integrations.dead.id, SENT, signal)] as const;
  });
  terminal.line('');
  for (const line of demoTable(outcomes, dead)) terminal.line(line);
  return { setup, receiverUrl };
}

async function startReceiver(stack: Stack, terminal: Terminal, stopping: AbortSignal): Promise<void> {
  const script = fileURLToPath(new URL('./receiver.ts', import.meta.url));
  const receiver = new Supervised({
    name: 'demo receiver',
    start: () =>
      spawnOwned(stack.owned, {
        name: 'demo receiver',
        stage: 'services',
        stopSignal: 'SIGTERM',
        graceMs: RECEIVER_GRACE_MS,
        command: process.execPath,
        args: [script, String(stack.ports.receiver)],
        env: { PATH: process.env.PATH },
        cwd: '/',
        logFile: join(stack.home.logs, 'receiver.log'),
      }),
    report: (line) => terminal.line(line),
    onPid: () => {},
    stopping,
  });
  await receiver.start();
  await poll(
    signalOf(stopping),
    async () => (await receivedBy(`http://127.0.0.1:${stack.ports.receiver}`, 'healthy')) !== null,
  );
}

async function sendEvents(stack: Stack, api: ApiClient, run: string): Promise<void> {
  // Imported only now: these packages exist once they are built.
  const { sendByHttp, sendByKafka } = await import('./send-events.ts');
  await sendByHttp(api, run, 1, BY_HTTP);
  const { environment } = stack;
  const target = {
    brokers: stack.run.kafka.brokers,
    topic: `${environment.HOOKSTILE_TOPIC_PREFIX || DEFAULT_TOPIC_PREFIX}events`,
    partitions: Number(environment.HOOKSTILE_PARTITIONS || DEFAULT_PARTITIONS),
  };
  await sendByKafka(target, run, BY_HTTP + 1, SENT);
}

async function untilArrived(
  receiverUrl: string,
  setup: DemoSetup,
  run: string,
  signal: AbortSignal,
): Promise<WebhookOutcome[]> {
  const judge = (): Promise<WebhookOutcome[]> =>
    Promise.all(
      DEMO_WEBHOOKS.map(async (webhook: DemoWebhook) => {
        const received = (await receivedBy(receiverUrl, webhook)) ?? [];
        return outcomeOf(webhook, received, run, SENT, setup.integrations[webhook].signingSecret);
      }),
    );
  await poll(signalOf(signal), async () =>
    (await judge()).every(({ webhook, arrived }) => webhook === 'dead' || arrived === SENT),
  );
  return judge();
}

/** Config decides on the dispatcher's signal, and the views follow: both within about two seconds. */
async function untilDisabled(api: ApiClient, id: string, sent: number, signal: AbortSignal): Promise<DisabledWebhook> {
  let now: DisabledWebhook = { reason: null, failures: 0, held: 0 };
  await poll(signalOf(signal), async () => {
    const { body } = await api.expect('GET', `/v1/integrations/${id}`);
    const held = await api.expect('GET', `/v1/deliveries?integrationId=${id}&status=held&limit=200`);
    now = {
      reason: body.disabledReason as string | null,
      failures: Number(body.consecutiveFailures),
      held: (held.body.items as unknown[]).length,
    };
    return now.reason !== null && now.held >= sent - now.failures;
  });
  return now;
}

async function receivedBy(receiverUrl: string, webhook: DemoWebhook): Promise<Received[] | null> {
  try {
    const response = await fetch(`${receiverUrl}/?path=/${webhook}`);
    return (await response.json()) as Received[];
  } catch {
    return null;
  }
}

interface Deadline {
  signal: AbortSignal;
  atMs: number;
}

function signalOf(signal: AbortSignal): Deadline {
  return { signal, atMs: performance.now() + ARRIVAL_TIMEOUT_MS };
}

/** Asks until it is so or the time is up; the caller shows what there is then. */
async function poll(deadline: Deadline, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()) && performance.now() < deadline.atMs)
    await sleep(POLL_MS, undefined, { signal: deadline.signal });
}
