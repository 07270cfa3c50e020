import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Receiver, startReceiver, until } from '@hookstile/testing';
import { type AuthorizationServer, startAuthorizationServer } from '@hookstile/testing/authorization-server';
import { CertificateAuthority } from '@hookstile/testing/certificates';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Api, type SendOptions } from './api.js';
import { Canaries } from './canaries/canaries.js';
import { integrationsWithSecrets, refusedBodies, rulesWithSecrets } from './canaries/given-secrets.js';
import { type Scan, scanDatabase, scanFiles, scanProcesses, scanTexts, scanTopics } from './canaries/scan.js';
import { type Stack, startStack } from './stack.js';

const TENANT = 'ten-canary';
const CONTROL = 'what is no secret';
const SETTLE_TIMEOUT_MS = 60_000;
const TEST_TIMEOUT_MS = 180_000;
/** What an answer shows once, by design. */
const SHOWN_ONCE = ['signingSecret', 'key'] as const;
const LISTS = ['integrations', 'decision-rules', 'api-keys', 'event-log', 'deliveries', 'audit-log', 'activity-log'];

const canaries = new Canaries();
const answers: [where: string, text: string][] = [];
let collector: Receiver;
let receiver: Receiver;
let server: AuthorizationServer;
let stack: Stack;
let clientSecret: string;
let hasStopped = false;

async function stop(): Promise<void> {
  if (!hasStopped) await stack?.stop();
  hasStopped = true;
}

beforeAll(async () => {
  [collector, receiver] = [await startReceiver(), await startReceiver()];
  clientSecret = canaries.make('client secret');
  server = await startAuthorizationServer({ clientSecret });
  stack = await startStack({
    env: {
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_METRIC_EXPORT_TIMEOUT: '900',
    },
  });
});

afterAll(async () => {
  await stop();
  await Promise.all([collector?.close(), receiver?.close(), server?.close()]);
});

/** Whoever asks, every answer is kept for the scan, but for what it shows once. */
function calling(key: string) {
  const api = new Api(stack.run.baseUrl, key, key === stack.run.adminKey ? TENANT : undefined);
  return async (method: string, path: string, options: SendOptions = {}) => {
    const { status, body, headers } = await api.send<Record<string, unknown>>(method, `/v1/${path}`, options);
    const shown = { ...body };
    for (const member of SHOWN_ONCE) {
      if (typeof shown[member] === 'string') canaries.watch(`${member} of an answer`, shown[member]);
      delete shown[member];
    }
    answers.push([`the answer to ${method} ${path}`, JSON.stringify([shown, [...headers]])]);
    return { status, body: body ?? {} };
  };
}

/** Secrets of the stack itself: its keys and its database's password. */
function watchOwn(): void {
  const keys = JSON.parse(readFileSync(join(stack.home, 'keys.json'), 'utf8')) as Record<string, string>;
  for (const [name, text] of Object.entries(keys)) canaries.watch(name, text.replace(/^k1:/, ''));
}

async function configure(call: ReturnType<typeof calling>): Promise<Map<string, string>> {
  const authority = await CertificateAuthority.create();
  const { cert, key } = await authority.issue({ names: ['client'], usage: 'client' });
  canaries.watch('client key', key.split('\n')[2] ?? '');
  const urls = { receiver: receiver.url, nowhere: 'https://127.0.0.1:2/', tokenUrl: server.tokenUrl };
  const ids = new Map<string, string>();
  const client = { clientCertificate: cert, clientKey: key };
  for (const [name, body] of Object.entries(integrationsWithSecrets(urls, clientSecret, client, canaries))) {
    const headers = { 'idempotency-key': `"canary-${name}"` };
    const created = await call('POST', 'integrations', { body, headers });
    expect([name, created.status]).toEqual([name, 201]);
    ids.set(name, String(created.body.id));
  }
  for (const [name, body] of Object.entries(rulesWithSecrets(urls, clientSecret, canaries))) {
    const created = await call('POST', 'decision-rules', { body });
    expect([name, created.status]).toEqual([name, 201]);
    ids.set(`rule ${name}`, String(created.body.id));
  }
  for (const body of refusedBodies(canaries)) {
    expect((await call('POST', 'integrations', { body })).status).toBeGreaterThanOrEqual(400);
  }
  return ids;
}

/** Deliveries that succeed, are retried, are not built and reach nobody; tests; decisions; changes in between. */
async function use(call: ReturnType<typeof calling>, ids: ReadonlyMap<string, string>): Promise<void> {
  for (const path of ['/bearer', '/basic', '/header']) receiver.answer(path, [500, 200, 200, 503, 200]);
  receiver.answer('/rule-basic', () => ({ status: 200, body: '{"status":"ok"}' }));
  const event = { body: { type: 'canary', data: { n: 1 } } };
  await call('POST', 'events', event);
  await settled(call, 1);
  const any = { 'if-match': '*' };
  const patch = (name: string, request: object) =>
    call('PATCH', `integrations/${ids.get(name)}`, { headers: any, body: { request } });
  await patch('bearer', { auth: { type: 'bearer', token: canaries.make('newer bearer token') } });
  await patch('header', { headers: { 'X-Token': canaries.make('newer header value') } });
  await call('POST', `integrations/${ids.get('hmac')}/rotate-secret`, { body: { overlapSeconds: 60 } });
  for (const name of ['basic', 'oauth2', 'unbuildable', 'nowhere'])
    await call('POST', `integrations/${ids.get(name)}/test`);
  const token = canaries.make('token of a list');
  const item = { name: 'bearer', url: `${receiver.url}/bearer`, request: { auth: { type: 'bearer', token } } };
  expect((await call('PUT', 'integrations:apply', { body: { items: [item], dryRun: true } })).status).toBe(200);
  await call('POST', 'events', event);
  for (const rule of ['basic', 'oauth2', 'lost']) {
    const context = { username: 'someone' };
    await call('POST', 'decisions', { body: { rule, context } });
    await call('POST', `decision-rules/${ids.get(`rule ${rule}`)}/test`, { body: { context } });
  }
  await settled(call, 2);
}

async function settled(call: ReturnType<typeof calling>, events: number): Promise<void> {
  const deliveries = events * 9;
  await until(
    async () => {
      const { body } = await call('GET', 'deliveries?limit=200');
      const items = body.items as { status: string }[];
      return items.filter(({ status }) => status === 'delivered' || status === 'failed').length === deliveries;
    },
    { what: `${deliveries} ended deliveries`, timeoutMs: SETTLE_TIMEOUT_MS, intervalMs: 500 },
  );
}

async function readEverythingBack(call: ReturnType<typeof calling>, ids: ReadonlyMap<string, string>): Promise<void> {
  for (const list of LISTS) {
    const { body } = await call('GET', `${list}?limit=200`);
    if (list !== 'event-log') continue;
    for (const { id } of body.items as { id: string }[]) await call('GET', `event-log/${id}`);
  }
  for (const [name, id] of ids) {
    if (name.startsWith('rule ')) await call('GET', `decision-rules/${id}`);
    else for (const path of ['', '/history', '/lanes']) await call('GET', `integrations/${id}${path}`);
  }
}

function linesThatLeaveOut(directory: string): string[] {
  const lines = readdirSync(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'));
  return lines.filter((line) => line.includes('"leftOut":['));
}

it('keeps every secret to whom it is for', { timeout: TEST_TIMEOUT_MS }, async () => {
  watchOwn();
  canaries.watch(CONTROL, TENANT);
  const admin = calling(stack.run.adminKey);
  await admin('POST', 'tenants', { body: { id: TENANT, name: 'Canary', plan: 'enterprise' } });
  const { body } = await admin('POST', 'api-keys', { body: { name: 'canary', role: 'admin' } });
  const call = calling(String(body.key));
  await calling(canaries.watch('unknown key', `hk_${randomBytes(24).toString('hex')}`))('GET', 'integrations');
  const ids = await configure(call);
  await use(call, ids);
  for (const request of receiver.requests) {
    const bearer = /^Bearer (.+)$/.exec(String(request.headers.authorization))?.[1];
    if (bearer && !canaries.all.some(({ text }) => text === bearer)) canaries.watch('access token', bearer);
  }
  await readEverythingBack(call, ids);
  // Sent as they are: what is looked for is what receivers got.
  const sent = canaries.in(receiver.requests.map(({ headers }) => JSON.stringify(headers)).join('\n')).join();
  for (const name of [
    'header value (plain)',
    'newer bearer token (plain)',
    'access token (plain)',
    'password (base64)',
  ]) {
    expect(sent).toContain(name);
  }
  const running = [
    await scanDatabase(stack.run.postgres.url, canaries),
    await scanTopics(stack.run.kafka.brokers, canaries),
    scanProcesses(canaries),
    scanTexts('answers', answers, canaries),
  ];
  await stop();
  const exported: [string, string][] = collector.requests.map(({ path, body: sentBody }) => [
    path,
    sentBody.toString('utf8'),
  ]);
  const scans: Scan[] = [
    ...running,
    scanFiles('logs', join(stack.home, 'logs'), canaries),
    scanTexts('telemetry', exported, canaries),
  ];
  // Whatever a service gives to its logger is on the list of what a line may have.
  expect(linesThatLeaveOut(join(stack.home, 'logs'))).toEqual([]);
  const found = scans.flatMap((scan) => scan.found);
  expect(found.filter((each) => !each.includes(CONTROL))).toEqual([]);
  // What is no secret is found wherever secrets are looked for.
  for (const place of ['database', 'topics', 'answers', 'logs', 'telemetry']) {
    expect(found.filter((each) => each.startsWith(`${place}: ${CONTROL} (plain)`)).length, place).toBeGreaterThan(0);
  }
  expect(scans.find(({ place }) => place === 'processes')?.items).toBeGreaterThan(0);
});
