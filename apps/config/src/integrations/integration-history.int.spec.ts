import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from '../config-under-test.js';

const TENANT = 'ten_1';

let config: ConfigUnderTest;
let call: (method: string, path: string, options?: Call) => Promise<Answer>;
let viewer: Answer['body'];
let editor: Answer['body'];

beforeAll(async () => {
  config = await ConfigUnderTest.create();
  call = instanceOf(await config.start());
  for (const id of [TENANT, 'ten_2']) await call('POST', 'tenants', { body: { id, name: id, plan: 'standard' } });
  const makeKey = async (role: string) =>
    (await call('POST', 'api-keys', { tenant: TENANT, body: { name: role, role } })).body;
  [viewer, editor] = [await makeKey('viewer'), await makeKey('editor')];
});
afterAll(() => config?.destroy());

it('shows who changed what of an integration, secrets masked, page by page', async () => {
  const request = { auth: { type: 'bearer', token: 'the-first-t0ken' }, headers: { 'X-A': 'header-s3cret' } };
  const created = await call('POST', 'integrations', {
    key: editor.key,
    body: { name: 'a', url: 'https://example.com', request },
    headers: { 'x-request-id': 'req-1' },
  });
  const { id } = created.body;
  await call('PATCH', `integrations/${id}`, {
    tenant: TENANT,
    body: { name: 'b', request: { auth: { token: 'the-second-t0ken' } } },
    headers: { 'if-match': '*' },
  });
  await call('POST', `integrations/${id}/rotate-secret`, { tenant: TENANT });
  await call('POST', `integrations/${id}/disable`, { tenant: TENANT, body: { reason: 'moving house' } });

  const history = await call('GET', `integrations/${id}/history?limit=3`, { key: viewer.key });
  expect(history.status).toBe(200);
  const { items, nextCursor } = history.body;
  expect(items.map(({ version, action }: { version: number; action: string }) => [version, action])).toEqual([
    [4, 'integration.disabled'],
    [3, 'integration.secret_rotated'],
    [2, 'integration.updated'],
  ]);
  expect(items[1].changes.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
    '/request/sign/secret',
    '/request/sign/previous',
  ]);
  expect(items[2].changes).toEqual([
    { pointer: '/name', from: 'a', to: 'b' },
    {
      pointer: '/request/auth/token',
      from: expect.objectContaining({ set: true, lastFour: '0ken' }),
      to: expect.objectContaining({ set: true, lastFour: '0ken' }),
    },
  ]);
  expect(items[2].actor).toMatchObject({ type: 'platform' });

  const rest = (await call('GET', `integrations/${id}/history?cursor=${nextCursor}`, { key: viewer.key })).body;
  expect(rest.nextCursor).toBeNull();
  expect(rest.items).toEqual([
    expect.objectContaining({ version: 1, requestId: 'req-1', actor: expect.objectContaining({ id: editor.id }) }),
  ]);
  const shown = JSON.stringify([items, rest.items]);
  expect(shown).not.toMatch(/t0ken|s3cret|ciphertext|whsec_/);
});

it("is not found for another tenant's, a deleted and an unknown integration; other methods are 405", async () => {
  const body = { name: 'c', url: 'https://example.com' };
  const { id } = (await call('POST', 'integrations', { tenant: TENANT, body })).body;
  expect((await call('GET', `integrations/${id}/history`, { tenant: 'ten_2' })).status).toBe(404);
  expect((await call('GET', 'integrations/int_none/history', { tenant: TENANT })).status).toBe(404);
  expect((await call('POST', `integrations/${id}/history`, { tenant: TENANT })).status).toBe(405);
  for (const query of ['limit=0', 'cursor=x', 'foo=1']) {
    expect((await call('GET', `integrations/${id}/history?${query}`, { tenant: TENANT })).status).toBe(400);
  }
  await call('DELETE', `integrations/${id}`, { tenant: TENANT, headers: { 'if-match': '*' } });
  expect((await call('GET', `integrations/${id}/history`, { tenant: TENANT })).status).toBe(404);
});
