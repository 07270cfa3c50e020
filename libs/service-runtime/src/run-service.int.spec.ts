import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectMessaging, topicDefinitions } from '@hookstile/messaging';
import { deleteWithPrefix } from '@hookstile/messaging/testing';
import { createDatabaseSchema, type DatabaseSchema, randomTopicPrefix, testBrokers, until } from '@hookstile/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const ROOT = new URL('..', import.meta.url).pathname;
const BUILT = `${ROOT}dist/index.js`;
const ADMIN_KEY = 'a-platform-key-of-a-test';
const PARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

/** A service with one slow migration and one route that asks the database; plain JavaScript, as a process runs it. */
const MAIN = `
  import { Controller, Get, Inject, Module } from '@nestjs/common';
  import { BaseEnv, DATA_SOURCE, metrics, Operation, runService, tracing } from '@hookstile/service-runtime';
  class SlowMigration1700000000000 {
    async up(runner) { console.log('migrating'); await runner.query('SELECT pg_sleep(0.3)'); }
    async down() {}
  }
  class Things { constructor(db) { this.db = db; } }
  Things.prototype.read = async function () {
    const [row] = await this.db.query('SELECT 1 AS one');
    const span = tracing.startSpan('deliveries send', { kind: 'producer', parent: tracing.incoming({ headers: {} }) });
    span.end();
    return { ...row, traceparent: span.traceparent };
  };
  Inject(DATA_SOURCE)(Things, undefined, 0);
  const descriptor = Object.getOwnPropertyDescriptor(Things.prototype, 'read');
  Get('things')(Things.prototype, 'read', descriptor);
  Operation('me.get')(Things.prototype, 'read', descriptor);
  Controller('v1')(Things);
  class App {}
  Module({ controllers: [Things] })(App);
  metrics.counter('tests.accepted', { description: 'Of a test.' }).add(3);
  await runService({ name: 'audit', env: BaseEnv, schema: 'x', migrations: [SlowMigration1700000000000], module: () => App });
`;

interface Process {
  child: ChildProcess;
  stdout: string;
  stderr: string;
  ended: Promise<{ code: number | null; signal: string | null }>;
}

let database: DatabaseSchema;
let prefix: string;
const processes: Process[] = [];

function start(environment: Record<string, string> = {}): Process {
  const child = spawn(
    process.execPath,
    ['--import', '@hookstile/service-runtime/telemetry', '--input-type=module', '-e', MAIN],
    {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        HOST: '127.0.0.1',
        KAFKA_BROKERS: testBrokers().join(','),
        DATABASE_URL: database.url,
        DATABASE_SCHEMA: database.schema,
        HOOKSTILE_TOPIC_PREFIX: prefix,
        HOOKSTILE_PARTITIONS: '1',
        HOOKSTILE_SERVICE: 'audit',
        ...environment,
      },
    },
  );
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  const started: Process = { child, stdout: '', stderr: '', ended };
  child.stdout?.on('data', (chunk) => {
    started.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    started.stderr += chunk;
  });
  processes.push(started);
  return started;
}

/** The base URL that the service logged. */
function urlOf(service: Process): Promise<string> {
  return until(() => /"url":"([^"]+)"/.exec(service.stdout)?.[1], { what: 'the start', timeoutMs: 15_000 });
}

beforeAll(async () => {
  if (!existsSync(BUILT)) throw new Error('this suite runs the built library: npm run build');
  database = await createDatabaseSchema('runtime');
  prefix = randomTopicPrefix('runtime');
  const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'runtime-test' });
  await messaging.createTopics(topicDefinitions(prefix, 1), 1);
  await messaging.close();
});

afterEach(async () => {
  for (const { child, ended } of processes.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
});

afterAll(async () => {
  await deleteWithPrefix(testBrokers(), prefix);
  await database.drop();
});

describe('runService', () => {
  it('ends with 0 after a SIGTERM that comes while it boots', async () => {
    const service = start();
    await until(() => service.stdout.includes('migrating'), { timeoutMs: 15_000 });
    service.child.kill('SIGTERM');
    expect(await service.ended).toEqual({ code: 0, signal: null });
    expect(service.stderr).toBe('');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 after %s and leaves its port', async (signal) => {
    const service = start();
    const url = await urlOf(service);
    service.child.kill(signal);
    expect(await service.ended).toEqual({ code: 0, signal: null });
    await expect(fetch(url)).rejects.toThrow();
  });

  it('says one line without secrets when it cannot start, and ends with 1', async () => {
    const service = start({ DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/x', PORT: '0' });
    expect(await service.ended).toEqual({ code: 1, signal: null });
    expect(service.stderr).toMatch(/^audit cannot start: Postgres \(DATABASE_URL\) does not answer: [^\n]+\n$/);
    expect(service.stdout + service.stderr).not.toContain('hunter2');
  });

  it('names the variables that are wrong', async () => {
    const service = start({ PORT: 'http', NODE_ENV: 'production' });
    expect(await service.ended).toEqual({ code: 1, signal: null });
    expect(service.stderr).toMatch(/PORT must .*HOOKSTILE_ADMIN_KEY is required in production/);
    expect(service.stderr.trimEnd()).not.toContain('\n');
  });

  it('writes nothing but JSON lines to its log', async () => {
    const service = start({ LOG_LEVEL: 'debug' });
    await urlOf(service);
    const lines = service.stdout.split('\n').filter((line) => line !== '' && line !== 'migrating');
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ service: 'audit', time: expect.any(String) });
  });
});

interface OtlpSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
}

describe('telemetry', () => {
  const requests: string[] = [];
  let collector: Server;

  beforeAll(async () => {
    collector = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (request.url === '/v1/traces') requests.push(body);
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => new Promise((resolve) => collector.close(resolve)));

  const spans = (): OtlpSpan[] =>
    requests.flatMap((body) =>
      JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: OtlpSpan[] }[] }) =>
        resource.scopeSpans.flatMap((scope) => scope.spans),
      ),
    );

  const startExporting = () => {
    const { port } = collector.address() as AddressInfo;
    return start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, HOOKSTILE_ADMIN_KEY: ADMIN_KEY });
  };
  const readThings = (url: string) =>
    fetch(`${url}/v1/things`, { headers: { traceparent: PARENT, authorization: `Bearer ${ADMIN_KEY}` } });

  it('exports one tree from the incoming request to its statement and its record, and nothing of probes', async () => {
    const service = startExporting();
    const url = await urlOf(service);
    await fetch(`${url}/livez`);
    const answer = await (await readThings(url)).json();
    const server = await until(() => spans().find(({ kind }) => kind === 2), { what: 'the server span' });
    expect(server).toMatchObject({
      name: 'GET /v1/things',
      traceId: 'a'.repeat(32),
      parentSpanId: 'b'.repeat(16),
    });
    const children = spans().filter(({ parentSpanId }) => parentSpanId === server.spanId);
    expect(children.map(({ name }) => name)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^pg.query:SELECT/), 'deliveries send']),
    );
    const sent = children.find(({ name }) => name === 'deliveries send');
    expect((answer as { traceparent: string }).traceparent).toBe(`00-${server.traceId}-${sent?.spanId}-01`);
    expect(spans().filter(({ kind }) => kind === 2)).toHaveLength(1);
    expect(requests[0]).toContain('"service.name","value":{"stringValue":"audit"}');
  });

  it('exports what it still holds when it stops', async () => {
    requests.length = 0;
    const service = startExporting();
    await readThings(await urlOf(service));
    service.child.kill('SIGTERM');
    await service.ended;
    expect(spans().some(({ name }) => name === 'deliveries send')).toBe(true);
  });

  it('serves Prometheus metrics on a port of its own', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const service = start({ METRICS_PORT: String(port) });
    await urlOf(service);
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(page).toMatch(/hookstile_tests_accepted_total\S* 3/);
    expect(page).toContain('hookstile_process_memory_rss');
  });
});
