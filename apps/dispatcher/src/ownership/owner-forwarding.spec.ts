import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ConfigurationProjection, PRINCIPAL } from '@hookstile/service-runtime';
import { anIntegration } from '@hookstile/testing';
import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { pino } from 'pino';
import { lastValueFrom, of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dispatcher } from '../dispatcher.js';
import { FORWARDED_HEADER } from './ask-owner.js';
import { FakeLeaseStore } from './lease.store.fake.js';
import { OwnerForwarding } from './owner-forwarding.js';

interface Heard {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

let server: Server;
let heard: Heard[];
let answer: { status: number; body: string; headers?: Record<string, string> } | null;
let leases: FakeLeaseStore;
let ownedHere: boolean;
let tenantId: string;

beforeEach(async () => {
  heard = [];
  answer = { status: 200, body: '{"of":"the owner"}' };
  ownedHere = false;
  tenantId = 'ten_1';
  leases = new FakeLeaseStore();
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ method: request.method, url: request.url, headers: request.headers, body });
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const addressOfServer = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function leasedBy(name: string, address: string | null): Promise<void> {
  await leases.take(await leases.see([0]), { name, address });
}

async function asked(
  method: string,
  { url = '/v1/integrations/int_1/lanes?limit=5', id = 'int_1', headers = {}, body = null } = {},
) {
  const partitions = { runnerOf: () => (ownedHere ? {} : null) };
  const dispatcher = { partitions } as unknown as Dispatcher;
  const projection = {
    integration: (id: string) => (id === 'int_1' ? anIntegration({ id, tenantId: 'ten_1' }) : undefined),
    catchUp: async () => {},
  } as unknown as ConfigurationProjection;
  const running = { dispatcher, owner: 'self' };
  const forwarding = new OwnerForwarding(running, leases, 1, projection, pino({ level: 'silent' }));
  const credentials = { authorization: 'Bearer key', 'hookstile-tenant': 'ten_1', cookie: 'secret' };
  const request = {
    method,
    url,
    headers: { ...credentials, ...headers },
    params: { id },
    body,
    [PRINCIPAL]: { tenantId },
  };
  let status = 0;
  const reply = {
    status: (code: number) => {
      status = code;
    },
  };
  const context = { switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }) };
  const next: CallHandler = { handle: () => of('from here') };
  const answered = await forwarding.intercept(context as unknown as ExecutionContext, next);
  return { status, body: await lastValueFrom(answered) };
}

describe('a request for the lanes of an integration', () => {
  it('is answered here where its partition is owned here', async () => {
    ownedHere = true;
    await leasedBy('elsewhere', addressOfServer());
    expect(await asked('POST')).toMatchObject({ body: 'from here' });
    expect(heard).toEqual([]);
  });

  it('goes to the owner as it came, with the credentials of the caller and no other header', async () => {
    await leasedBy('elsewhere', addressOfServer());
    answer = { status: 202, body: '{"of":"the owner"}' };
    expect(await asked('POST', { body: { reason: 'x' } as never })).toEqual({ status: 202, body: { of: 'the owner' } });
    expect(heard).toMatchObject([
      { method: 'POST', url: '/v1/integrations/int_1/lanes?limit=5', body: '{"reason":"x"}' },
    ]);
    expect(heard[0]?.headers).toMatchObject({
      authorization: 'Bearer key',
      'hookstile-tenant': 'ten_1',
      [FORWARDED_HEADER]: '1',
    });
    expect(heard[0]?.headers.cookie).toBeUndefined();
  });

  it('ends as the owner says, also where that is a refusal', async () => {
    await leasedBy('elsewhere', addressOfServer());
    answer = { status: 429, body: '{"code":"rate_limited","detail":"slower"}', headers: { 'retry-after': '3' } };
    await expect(asked('POST')).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'slower',
      retryAfterSeconds: 3,
    });
  });

  it.each([
    ['another tenant has', 'int_1', 'ten_2'],
    ['nobody has', 'int_2', 'ten_1'],
  ])('goes nowhere for one that %s, whoever owns its partition', async (_, id, caller) => {
    tenantId = caller;
    const missing = { code: 'not_found', message: 'no such integration' };
    for (const own of [false, true]) {
      ownedHere = own;
      await expect(asked('GET', { id })).rejects.toMatchObject(missing);
      await expect(asked('POST', { id })).rejects.toMatchObject(missing);
    }
    await leasedBy('elsewhere', addressOfServer());
    await expect(asked('POST', { id })).rejects.toMatchObject(missing);
    expect(heard).toEqual([]);
  });

  it('makes one hop', async () => {
    await leasedBy('elsewhere', addressOfServer());
    const headers = { [FORWARDED_HEADER]: '1' };
    expect(await asked('GET', { headers })).toMatchObject({ body: 'from here' });
    await expect(asked('POST', { headers })).rejects.toMatchObject({ code: 'unavailable' });
    expect(heard).toEqual([]);
  });

  it.each([
    ['nobody owns it', async () => {}],
    ['its owner cannot be reached', async () => leasedBy('elsewhere', 'http://127.0.0.1:1')],
    ['its owner has not said where it is', async () => leasedBy('elsewhere', null)],
    ['it is ours and not taken over yet', async () => leasedBy('self', addressOfServer())],
    [
      'its owner is silent',
      async () => {
        answer = null;
        await leasedBy('elsewhere', addressOfServer());
      },
    ],
    [
      'what answers is no dispatcher',
      async () => {
        answer = { status: 502, body: '<html>' };
        await leasedBy('elsewhere', addressOfServer());
      },
    ],
  ])('reads what is stored, and changes nothing, where %s', async (_, given) => {
    await given();
    expect(await asked('GET')).toMatchObject({ body: 'from here' });
    await expect(asked('POST')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('never leaves for another host, whatever its path says', async () => {
    await leasedBy('elsewhere', addressOfServer());
    await asked('GET', { url: '//example.com/lanes' });
    await asked('GET', { url: '@example.com/lanes' });
    expect(heard.map(({ url }) => url)).toEqual(['//example.com/lanes']);
  });
});
