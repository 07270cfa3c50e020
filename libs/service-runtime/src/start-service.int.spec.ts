import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { configurationV1 } from '@hookstile/contracts';
import { connectMessaging, type Messaging, topicDefinitions } from '@hookstile/messaging';
import { randomSuffix, randomTopicPrefix, testBrokers, testDatabaseUrl, until } from '@hookstile/testing';
import {
  type BeforeApplicationShutdown,
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Param,
  Patch,
  Post,
  Query,
} from '@nestjs/common';
import { IsString } from 'class-validator';
import { pino } from 'pino';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Allow, AnyKey, CurrentPrincipal, PlatformOnly } from './auth/access.js';
import { type Principal, tenantOf } from './auth/principal.js';
import { BaseEnv } from './env/base.env.js';
import { parseListQuery } from './input/list-query.js';
import { parseBody } from './input/parse-body.js';
import { migrate } from './migrate.js';
import { ProblemError } from './problems/problem.error.js';
import type { RunningService, ServiceDefinition } from './service.js';
import { startService } from './start-service.js';
import { DATA_SOURCE } from './tokens.js';

const ADMIN_KEY = 'an-admin-key-for-tests';
const EDITOR_KEY = `hk_${'1'.repeat(48)}`;
const VIEWER_KEY = `hk_${'2'.repeat(48)}`;
const RAW_MAX_BYTES = 1024 * 1024;
const JSON_TYPE = 'application/json';

class ThingDto {
  @IsString()
  name: string;
}

const happened: string[] = [];

@Injectable()
class Drain implements BeforeApplicationShutdown {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  async beforeApplicationShutdown(): Promise<void> {
    if (!running) return;
    const response = await fetch(`${running.url}/readyz`);
    const { status } = (await response.json()) as { status: string };
    await this.dataSource.query('SELECT 1');
    if (status === 'stopping') happened.push('drained while stopping');
  }
}

@Controller('v1')
class ThingsController {
  @Get('things')
  @Allow('viewer', 'editor')
  list(@Query() query: unknown) {
    return { items: [], ...parseListQuery(query, {}) };
  }

  @Post('things')
  @Allow('editor')
  create(@Body() body: unknown, @CurrentPrincipal() principal: Principal) {
    return { name: parseBody(ThingDto, body).name, tenantId: tenantOf(principal), keyName: principal.keyName };
  }

  @Patch('things/:id')
  @Allow('editor')
  patch(@Param('id') id: string, @Body() body: unknown) {
    return { id, body };
  }

  @Get('things/:id')
  @Allow('viewer')
  read(@Param('id') id: string) {
    if (id === 'boom') throw new TypeError(`secret-detail of ${id}`);
    throw new ProblemError('not_found', `there is no thing ${id}`);
  }

  @Post('raw')
  @HttpCode(202)
  @Allow('producer', 'editor')
  raw(@Body() body: Buffer) {
    return { bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') };
  }

  @Get('tenants')
  @PlatformOnly()
  tenants() {
    return { items: [] };
  }

  @Get('me')
  @AnyKey()
  me(@CurrentPrincipal() principal: Principal) {
    return principal;
  }

  @Get('forgotten')
  forgotten() {
    return {};
  }
}

@Module({ controllers: [ThingsController], providers: [Drain] })
class ThingsModule {}

class CreateThings1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE things (id text PRIMARY KEY)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE things');
  }
}

const definition: ServiceDefinition = {
  name: 'event-ingest',
  env: BaseEnv,
  schema: 'never_used',
  migrations: [CreateThings1700000000000],
  rawBodyRoutes: ['/v1/raw'],
  rawBodyMaxBytes: RAW_MAX_BYTES,
  module: () => ThingsModule,
};

const prefix = randomTopicPrefix('runtime');
const schema = `runtime_${randomSuffix()}`;
const environment = {
  PORT: '0',
  HOST: '127.0.0.1',
  KAFKA_BROKERS: testBrokers().join(','),
  DATABASE_URL: testDatabaseUrl(),
  DATABASE_SCHEMA: schema,
  HOOKSTILE_TOPIC_PREFIX: prefix,
  HOOKSTILE_ADMIN_KEY: ADMIN_KEY,
  LOG_LEVEL: 'silent',
};

let running: RunningService | undefined;
let messaging: Messaging;
let admin: DataSource;

function tables(): Promise<{ table_name: string }[]> {
  const sql = 'SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY 1';
  return admin.query(sql, [schema]);
}

interface Call {
  method?: string;
  key?: string | null;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

async function call(path: string, { method = 'GET', key = EDITOR_KEY, headers = {}, body }: Call = {}) {
  const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(`${running?.url}${path}`, {
    method,
    headers: { ...authorization, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === '' ? null : JSON.parse(text) };
}

const post = (path: string, body: string | Buffer, type: string = JSON_TYPE) =>
  call(path, { method: 'POST', body, headers: { 'content-type': type } });

/** Sends bytes as they are and returns the whole answer. */
function raw(bytes: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { hostname, port } = new URL(running?.url ?? '');
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  let answer = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.on('close', () => resolve(answer));
  socket.on('error', reject);
  return promise;
}

/** A way to Postgres that can be shut: closing cuts what is open and refuses what comes. */
async function gateTo() {
  const target = new URL(testDatabaseUrl());
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(target);
  url.port = String(port);
  return {
    url: url.href,
    connections: () => sockets.size,
    open: () => listen(port),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function writeKey(id: string, key: string, role: 'editor' | 'viewer', deleted = false): Promise<void> {
  const publisher = await messaging.publisher({ name: 'test' });
  const common = { version: deleted ? 2 : 1, deleted, at: new Date().toISOString(), tenantId: 'ten_1', name: id };
  const hash = createHash('sha256').update(key).digest('hex');
  const record = configurationV1.encode(`api-key:${id}`, { kind: 'api-key', id, ...common, role, hash });
  await publisher.publish([{ ...record, topic: `${prefix}configuration`, partition: 0 }]);
  await publisher.close(1_000);
}

beforeAll(async () => {
  messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'runtime-test' });
  await messaging.createTopics(topicDefinitions(prefix, 1), 1);
  admin = await new DataSource({ type: 'postgres', url: testDatabaseUrl(), poolSize: 2 }).initialize();
  await writeKey('key_editor', EDITOR_KEY, 'editor');
  await writeKey('key_viewer', VIEWER_KEY, 'viewer');
  running = await startService(definition, environment);
});

afterAll(async () => {
  await running?.stop();
  await admin.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  await admin.destroy();
  await messaging.close();
});

describe('a started service', () => {
  it("has its schema, its tables and its migrations' table", async () => {
    expect(await tables()).toEqual([{ table_name: 'migrations' }, { table_name: 'things' }]);
  });

  it('migrates once when several starts do it at the same time', async () => {
    await admin.query(`DROP SCHEMA "${schema}" CASCADE`);
    await Promise.all([1, 2, 3].map(() => migrate(definition, environment)));
    expect(await admin.query(`SELECT name FROM "${schema}".migrations`)).toHaveLength(1);
  });

  it('is alive and ready, and names its dependencies', async () => {
    expect(await call('/livez', { key: null })).toMatchObject({ status: 200 });
    const ready = await call('/readyz', { key: null });
    expect(ready.status).toBe(200);
    expect(Object.keys(ready.json.dependencies).sort()).toEqual(['configuration', 'kafka', 'postgres']);
  });
});

describe('readiness', () => {
  it('is lost while Postgres cannot be reached, without its password, and comes back', async () => {
    const gate = await gateTo();
    const service = await startService(definition, { ...environment, DATABASE_URL: gate.url });
    const readyz = async () => {
      const response = await fetch(`${service.url}/readyz`);
      const { dependencies } = (await response.json()) as { dependencies: unknown };
      return { status: response.status, dependencies };
    };
    expect((await readyz()).status).toBe(200);
    gate.close();
    const up = { status: 'up' };
    expect(await readyz()).toEqual({
      status: 503,
      dependencies: { postgres: { status: 'down', detail: expect.any(String) }, kafka: up, configuration: up },
    });
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    gate.open();
    await until(async () => (await readyz()).status === 200);
    await service.stop();
    gate.close();
    await expect(fetch(`${service.url}/livez`)).rejects.toThrow();
  });
});

describe('keys', () => {
  it("act for their own tenant with their role's rights", async () => {
    expect((await post('/v1/things', '{"name":"a"}')).json).toEqual({
      name: 'a',
      tenantId: 'ten_1',
      keyName: 'key_editor',
    });
    expect(await call('/v1/things', { method: 'POST', key: VIEWER_KEY })).toMatchObject({ status: 403 });
  });

  it.each([
    ['no key', { key: null }, 401, 'unauthorized'],
    ['an unknown key', { key: `hk_${'9'.repeat(48)}` }, 401, 'unauthorized'],
    ['a wrong platform key', { key: `${ADMIN_KEY}x` }, 401, 'unauthorized'],
    ["another tenant's header", { headers: { 'hookstile-tenant': 'ten_2' } }, 403, 'forbidden'],
    ['the platform key without a tenant', { key: ADMIN_KEY }, 400, 'tenant_required'],
  ])('answers %s with the code', async (_name, options, status, code) => {
    const answer = await call('/v1/things', options);
    expect(answer).toMatchObject({ status, json: { status, code } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('the platform key acts for the tenant that it names', async () => {
    const headers = { 'hookstile-tenant': 'ten_2', 'content-type': JSON_TYPE };
    const answer = await call('/v1/things', { method: 'POST', key: ADMIN_KEY, headers, body: '{"name":"a"}' });
    expect(answer.json).toEqual({ name: 'a', tenantId: 'ten_2', keyName: null });
  });

  it('only the platform key passes a platform route, and any key one for any', async () => {
    expect((await call('/v1/tenants', { key: ADMIN_KEY })).status).toBe(200);
    expect((await call('/v1/tenants')).status).toBe(403);
    expect((await call('/v1/me', { key: ADMIN_KEY })).json).toMatchObject({ type: 'platform', tenantId: null });
    expect((await call('/v1/me', { key: VIEWER_KEY })).json).toMatchObject({ role: 'viewer', keyId: 'key_viewer' });
  });

  it('a route without a decorator is refused to tenants', async () => {
    expect((await call('/v1/forgotten')).status).toBe(403);
  });

  it('a new key works at once and a deleted one no longer, well within 5 s', async () => {
    const key = `hk_${'3'.repeat(48)}`;
    await writeKey('key_new', key, 'viewer');
    expect((await call('/v1/me', { key })).status).toBe(200);
    await writeKey('key_new', key, 'viewer', true);
    await until(async () => (await call('/v1/me', { key })).status === 401, { timeoutMs: 2_000 });
  });
});

describe('bad input', () => {
  it.each([
    ['an unknown route', () => call('/v1/nothing'), 404, 'not_found'],
    ['an unknown thing', () => call('/v1/things/x', { key: VIEWER_KEY }), 404, 'not_found'],
    ['a wrong method', () => call('/v1/things', { method: 'DELETE' }), 405, 'method_not_allowed'],
    ['an address that is not one', () => call('/v1/things/%zz'), 400, 'malformed'],
    ['no JSON', () => post('/v1/things', '{"name":'), 400, 'malformed'],
    ['an empty body', () => post('/v1/things', ''), 400, 'malformed'],
    ['no UTF-8', () => post('/v1/things', Buffer.from([0x7b, 0xff, 0x7d])), 400, 'malformed'],
    ['__proto__', () => post('/v1/things', '{"__proto__":{}}'), 400, 'malformed'],
    ['deep nesting', () => post('/v1/things', '['.repeat(100_000)), 400, 'malformed'],
    ['text', () => post('/v1/things', 'name=a', 'text/plain'), 415, 'unsupported_media_type'],
    [
      'merge patch by POST',
      () => post('/v1/things', '{}', 'application/merge-patch+json'),
      415,
      'unsupported_media_type',
    ],
    ['258 KiB', () => post('/v1/things', `{"name":"${'a'.repeat(258 * 1024)}"}`), 413, 'too_large'],
    ['too much raw', () => post('/v1/raw', Buffer.alloc(RAW_MAX_BYTES + 1), 'a/b'), 413, 'too_large'],
    ['an unknown member', () => post('/v1/things', '{"name":"a","more":1}'), 422, 'invalid'],
    ['an array', () => post('/v1/things', '[]'), 422, 'invalid'],
    ['a missing body', () => call('/v1/things', { method: 'POST' }), 422, 'invalid'],
    ['a bad limit', () => call('/v1/things?limit=0'), 400, 'malformed'],
    ['an unknown parameter', () => call('/v1/things?colour=red'), 400, 'malformed'],
    ['a fault of ours', () => call('/v1/things/boom', { key: VIEWER_KEY }), 500, 'internal'],
  ])('answers %s with a problem document', async (_name, act, status, code) => {
    const { json, headers, ...answer } = await act();
    expect(answer.status).toBe(status);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(json).toMatchObject({ type: `urn:hookstile:problem:${code}`, status, code });
    expect(Object.keys(json)).toEqual(expect.arrayContaining(['type', 'title', 'status', 'detail', 'code']));
    expect(JSON.stringify(json)).not.toContain('secret-detail');
  });

  it('says which methods a route takes', async () => {
    expect((await call('/v1/things', { method: 'DELETE' })).headers.get('allow')).toBe('GET, POST');
  });

  it('points at the wrong member', async () => {
    const { json } = await post('/v1/things', '{"name":1,"more":1}');
    expect(json.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: '/more', code: 'unknown_member' }),
        expect.objectContaining({ pointer: '/name', code: 'is_string' }),
      ]),
    );
  });

  it('takes a merge patch by PATCH', async () => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    const answer = await call('/v1/things/t1', { method: 'PATCH', headers, body: '{"a":null}' });
    expect(answer.json).toEqual({ id: 't1', body: { a: null } });
  });

  it.each([['application/cloudevents+json'], ['application/octet-stream'], ['application/json']])(
    'hands a raw route the bytes of %s exactly',
    async (type) => {
      const body = Buffer.from([0, 255, 123, 10, 13]);
      const sha256 = createHash('sha256').update(body).digest('hex');
      expect(await post('/v1/raw', body, type)).toMatchObject({ status: 202, json: { bytes: 5, sha256 } });
    },
  );

  it('answers headers that are too large with 431', async () => {
    const answer = await raw(`GET /v1/me HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"headers_too_large"');
  });

  it('answers what is not HTTP with 400', async () => {
    const answer = await raw('NONSENSE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('application/problem+json');
  });

  it('answers a body that is shorter than announced, when the sender leaves, with nothing, and lives on', async () => {
    const { hostname, port } = new URL(running?.url ?? '');
    const sent = httpRequest({ hostname, port, method: 'POST', path: '/v1/raw', headers: { 'content-length': 10 } });
    sent.on('error', () => undefined);
    sent.write('12345', () => sent.destroy());
    await new Promise((resolve) => sent.on('close', resolve));
    expect((await call('/livez')).status).toBe(200);
  });
});

describe('a stop', () => {
  it('drains while unready and with its connections open, then refuses connections', async () => {
    const second = running;
    await second?.stop();
    running = undefined;
    expect(happened).toEqual(['drained while stopping']);
    await expect(fetch(`${second?.url}/livez`)).rejects.toThrow();
  });
});

describe('a start that cannot succeed', () => {
  const logger = pino({ level: 'silent' });

  it('says that Postgres does not answer, without the password', async () => {
    const away = { ...environment, DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/x' };
    const failure = await startService(definition, away, { logger }).catch((error: unknown) => String(error));
    expect(failure).toContain('Postgres (DATABASE_URL) does not answer');
    expect(failure).not.toContain('hunter2');
  });

  it('says that Kafka does not answer, and closes the database', async () => {
    const gate = await gateTo();
    const away = { ...environment, DATABASE_URL: gate.url, KAFKA_BROKERS: '127.0.0.1:1' };
    await expect(startService(definition, away, { logger })).rejects.toThrow('Kafka (KAFKA_BROKERS) does not answer');
    await until(() => gate.connections() === 0);
    gate.close();
  });
});
