import { randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { configurationKey, configurationV1, type IntegrationSettings, secretOwner } from '@hookstile/contracts';
import {
  aTenantKey,
  firstBuildsSecret,
  integrationSettings,
  type Receiver,
  startReceiver,
  until,
} from '@hookstile/testing';
import { type AuthorizationServer, startAuthorizationServer } from '@hookstile/testing/authorization-server';
import { CertificateAuthority } from '@hookstile/testing/certificates';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Dispatching } from './dispatching.fake.js';

const KEYS = `k1:${randomBytes(32).toString('base64')}`;

let world: Dispatching;
let receiver: Receiver;
let server: AuthorizationServer;

beforeAll(async () => {
  [receiver, server] = [await startReceiver(), await startAuthorizationServer()];
  world = await Dispatching.create();
  await world.start({ HOOKSTILE_ENCRYPTION_KEYS: KEYS });
});

afterAll(async () => {
  await world.close();
  await server.close();
  await receiver.close();
});

const seal = (id: string, plain: string) => firstBuildsSecret(KEYS, plain, secretOwner('integration', id));

const settings = (url: string, request: Partial<IntegrationSettings['request']>, delaysMs: number[]) => ({
  url,
  request: { ...integrationSettings().request, ...request },
  retry: { onExhausted: 'continue' as const, stopOn: [], disableOn: [410], retryAfterMaxMs: 0, delaysMs },
});

it('retries what got no token, in order, and journals neither token nor secret', async () => {
  const id = 'int_oauth';
  const clientSecret = seal(id, 'first-secret');
  const auth = { type: 'oauth2', tokenUrl: server.tokenUrl, clientId: 'hookstile', clientSecret } as const;
  const integration = await world.configure({
    id,
    settings: settings(`${receiver.url}/oauth`, { auth }, [200, 200, 200]),
  });
  server.setDown(true);
  await world.route(integration, 0, 3);
  const [failed] = await world.journaled(id, 1);
  expect(failed).toMatchObject({ outcome: 'failed', error: 'oauth_token', httpStatus: null });
  server.setDown(false);
  const sent = await receiver.received('/oauth', 3);
  expect(sent.map(({ body }) => JSON.parse(String(body)).data.n)).toEqual([0, 1, 2]);
  const token = String(sent[0]?.headers.authorization).replace('Bearer ', '');
  expect(await server.accepts(token)).toBe(true);
  await world.journaled(id, 4);
  const journal = JSON.stringify(world.attemptsOf(id));
  expect(journal).toContain('"authorization"');
  for (const secret of [token, 'first-secret', btoa('hookstile:first-secret')]) expect(journal).not.toContain(secret);
});

it('makes the next attempt of a waiting push under changed TLS settings', async () => {
  const id = 'int_tls';
  const authority = await CertificateAuthority.create();
  const clients: (string | string[] | undefined)[] = [];
  const endpoint = createServer(
    { ...(await authority.issue({ names: ['127.0.0.1'] })), ca: authority.cert, requestCert: true },
    (request, response) => {
      clients.push((request.socket as TLSSocket).getPeerCertificate().subject?.CN);
      response.end();
    },
  );
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hook`;
  const first = await world.configure({ id, settings: settings(url, {}, [1_000]) });
  await world.route(first, 0, 1);
  const [failed] = await world.journaled(id, 1);
  expect(failed).toMatchObject({ outcome: 'failed', error: 'tls' });
  expect(failed?.errorDetail).toContain('not trusted');
  const { cert, key } = await authority.issue({ names: ['hookstile'], usage: 'client' });
  const tls = { verify: true, ca: authority.cert, clientCertificate: cert, clientKey: seal(id, key) };
  await world.configure({ id, version: 2, settings: settings(url, { tls }, [1_000]) });
  const [, succeeded] = await world.journaled(id, 2);
  expect(succeeded).toMatchObject({ outcome: 'succeeded', httpStatus: 200 });
  expect(clients).toEqual(['hookstile']);
  endpoint.closeAllConnections();
  endpoint.close();
});

it('stays ready where its ring lacks a key that a tenant needs, and says which', async () => {
  const key = aTenantKey('ten_lost', { keyId: 'lost', nonce: '', ciphertext: '' });
  const record = configurationV1.encode(configurationKey(key.kind, key.id), key);
  await world.publisher.publish([{ ...record, topic: world.topic('configuration'), partition: 0 }]);
  const said = await until(
    async () => {
      const { status, body } = await world.get('/readyz');
      const { dependencies } = body as unknown as { dependencies: Record<string, { status: string }> };
      const check = dependencies['key-ring'];
      return check?.status === 'down' ? { status, check } : null;
    },
    { what: 'the missing key to be told' },
  );
  const check = { detail: expect.stringContaining('lacks "lost"'), required: false };
  expect(said).toMatchObject({ status: 200, check });
});
