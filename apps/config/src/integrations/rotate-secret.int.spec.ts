import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from '../config-under-test.js';

const TENANT = 'ten_1';
const DAY_MS = 86_400_000;

describe('rotating a signing secret', () => {
  let config: ConfigUnderTest;
  let call: (method: string, path: string, options?: Call) => Promise<Answer>;
  let viewer = '';

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    call = instanceOf(await config.start());
    for (const id of [TENANT, 'ten_2']) await call('POST', 'tenants', { body: { id, name: id, plan: 'standard' } });
    viewer = (await call('POST', 'api-keys', { tenant: TENANT, body: { name: 'v', role: 'viewer' } })).body.key;
  });
  afterAll(() => config?.destroy());

  const create = async (sign: object = {}) => {
    const body = { name: 'a', url: 'https://example.com', request: { sign } };
    return (await call('POST', 'integrations', { tenant: TENANT, body })).body;
  };
  const rotate = (id: string, body?: object, tenant = TENANT) =>
    call('POST', `integrations/${id}/rotate-secret`, { tenant, ...(body ? { body } : {}) });
  const patch = (id: string, body: object) =>
    call('PATCH', `integrations/${id}`, { tenant: TENANT, body, headers: { 'if-match': '*' } });

  it('answers the new secret once, and publishes both with the time until which the former signs', async () => {
    const { id, signingSecret } = await create();
    const rotated = await rotate(id, { overlapSeconds: 60 });
    expect(rotated).toMatchObject({ status: 200, body: { publicKey: null } });
    expect(rotated.body.signingSecret).toMatch(/^whsec_/);
    expect(rotated.body.signingSecret).not.toBe(signingSecret);
    expect([rotated.headers.get('etag'), rotated.headers.get('cache-control')]).toEqual(['"2"', 'no-store']);

    const read = (await call('GET', `integrations/${id}`, { tenant: TENANT })).body;
    expect(read.request.sign).toMatchObject({
      secret: { set: true, lastFour: rotated.body.signingSecret.slice(-4) },
      previous: { secret: { set: true, lastFour: signingSecret.slice(-4) }, until: rotated.body.previousUntil },
    });
    expect(JSON.stringify(read)).not.toContain('ciphertext');
    expect(await config.lastOf(id)).toMatchObject({
      version: 2,
      settings: { request: { sign: { previous: { until: rotated.body.previousUntil } } } },
    });
  });

  it('overlaps for a day unless told otherwise, for 30 days at most, and by 0 not at all', async () => {
    const { id } = await create();
    const { body } = await rotate(id);
    expect(Math.abs(Date.parse(body.previousUntil) - Date.now() - DAY_MS)).toBeLessThan(60_000);
    const none = await rotate(id, { overlapSeconds: 0 });
    expect(none.body.previousUntil).toBeNull();
    expect((await call('GET', `integrations/${id}`, { tenant: TENANT })).body.request.sign.previous).toBeUndefined();
    for (const wrong of [{ overlapSeconds: -1 }, { overlapSeconds: 2_592_001 }, { overlap: 1 }]) {
      expect(await rotate(id, wrong)).toMatchObject({ status: 422, body: { code: 'invalid' } });
    }
    expect((await rotate(id, { overlapSeconds: 2_592_000 })).status).toBe(200);
  });

  it('answers the public key where that is what receivers have', async () => {
    const { id, request } = await create({ algorithm: 'ed25519' });
    const { body } = await rotate(id);
    expect(body).toMatchObject({ signingSecret: null, publicKey: expect.stringMatching(/^whpk_/) });
    expect(body.publicKey).not.toBe(request.sign.publicKey);
    const { sign } = (await call('GET', `integrations/${id}`, { tenant: TENANT })).body.request;
    expect(sign).toMatchObject({ publicKey: body.publicKey, previous: { publicKey: request.sign.publicKey } });
  });

  it('ends early by a patch with null, or with a secret of the user; another change leaves it', async () => {
    const { id } = await create();
    await rotate(id);
    const signOf = async (body: object) => (await patch(id, body)).body.request.sign;
    expect(await signOf({ name: 'b' })).toHaveProperty('previous');
    expect(await signOf({ request: { sign: { previous: null } } })).not.toHaveProperty('previous');
    await rotate(id);
    const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
    const given = await patch(id, { request: { sign: { secret } } });
    expect(given.body.signingSecret).toBe(secret);
    expect(given.body.request.sign).not.toHaveProperty('previous');
  });

  it("is refused where nothing is signed, to viewers, and for what is not the tenant's", async () => {
    const unsigned = await create({ scheme: 'none' });
    expect(await rotate(unsigned.id)).toMatchObject({ status: 409, body: { code: 'not_signed' } });
    const { id } = await create();
    expect((await call('POST', `integrations/${id}/rotate-secret`, { key: viewer })).status).toBe(403);
    expect((await rotate(id, { foo: 1 }, 'ten_2')).status).toBe(404);
    expect((await rotate('int_none')).status).toBe(404);
  });

  it('is a fact in the audit log without the secret', async () => {
    const { id } = await create();
    const { body } = await rotate(id);
    const facts = await config.factsOf(id);
    const rotated = { type: 'IntegrationSecretRotated', action: 'integration.secret_rotated', version: 2 };
    expect(facts).toEqual([expect.anything(), expect.objectContaining(rotated)]);
    expect(JSON.stringify(facts)).not.toMatch(/ciphertext|whsec_/);
    expect(JSON.stringify(facts)).not.toContain(body.signingSecret);
  });
});
