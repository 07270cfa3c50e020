import { generateKeyPairSync, verify } from 'node:crypto';
import type { Signing } from '@hookstile/contracts';
import { aDelivery, anIntegration, integrationSettings } from '@hookstile/testing';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { buildRequest } from './build-request.js';
import { RequestPlans } from './request-plans.js';
import { fakeOpener, sealed } from './sealed-fixture.js';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const NOW_MS = Date.now();

function planWith(scheme: 'none' | 'standard-webhooks') {
  const settings = integrationSettings();
  const sign = { scheme, algorithm: 'hmac-sha256', secret: scheme === 'none' ? null : sealed(SECRET) } as const;
  const integration = anIntegration({ settings: { request: { ...settings.request, sign } } });
  return new RequestPlans(fakeOpener(), 'Hookstile/1.2.3').of(integration);
}

function requestOf(scheme: 'none' | 'standard-webhooks', data = '{"ü":1}') {
  const { envelope, bytes } = aDelivery({ data });
  return buildRequest(planWith(scheme), [{ envelope, data: bytes }], NOW_MS, TRACEPARENT);
}

function headerObject(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1] ?? '']] : [])));
}

test('signs so that the official Standard Webhooks library verifies it', () => {
  const { headers, body } = requestOf('standard-webhooks');
  expect(new Webhook(SECRET).verify(body.toString(), headerObject(headers))).toMatchObject({ data: { ü: 1 } });
  expect(() => new Webhook(SECRET).verify(`${body} `, headerObject(headers))).toThrow();
});

test('sends the delivery id, the seconds of the attempt and the trace', () => {
  const headers = headerObject(requestOf('none').headers);
  expect(headers).toMatchObject({
    'webhook-id': aDelivery().envelope.deliveryId,
    'webhook-timestamp': String(Math.floor(NOW_MS / 1_000)),
    traceparent: TRACEPARENT,
  });
});

describe('during a rotation', () => {
  const until = new Date(NOW_MS).toISOString();
  const settings = integrationSettings();
  const planOf = (sign: Signing) =>
    new RequestPlans(fakeOpener(), 'Hookstile/1.2.3').of(
      anIntegration({ settings: { request: { ...settings.request, sign } } }),
    );
  const builtAt = (sign: Signing, startedAtMs: number) => {
    const { envelope, bytes } = aDelivery({ data: '1' });
    return buildRequest(planOf(sign), [{ envelope, data: bytes }], startedAtMs, TRACEPARENT);
  };
  const FORMER = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
  const rotated: Signing = {
    scheme: 'standard-webhooks',
    algorithm: 'hmac-sha256',
    secret: sealed(SECRET),
    previous: { secret: sealed(FORMER), until },
  };

  test('the official library verifies with either secret, and none but these', () => {
    const { headers, body } = builtAt(rotated, NOW_MS - 1);
    for (const secret of [SECRET, FORMER]) {
      expect(new Webhook(secret).verify(`${body}`, headerObject(headers))).toMatchObject({ data: 1 });
    }
    const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    expect(() => new Webhook(other).verify(`${body}`, headerObject(headers))).toThrow();
  });

  test('the newest signature stands first, and both are recorded', () => {
    const { headers, recordedHeaders } = builtAt(rotated, NOW_MS - 1);
    const { previous: _, ...newest } = rotated;
    const alone = headerObject(builtAt(newest, NOW_MS - 1).headers)['webhook-signature'];
    const both = headerObject(headers)['webhook-signature'];
    expect(both?.split(' ')).toEqual([alone, expect.stringMatching(/^v1,/)]);
    expect(recordedHeaders).toContainEqual(['webhook-signature', both]);
  });

  test('the former secret signs until then, and not from then on', () => {
    const { headers, body } = builtAt(rotated, NOW_MS);
    expect(new Webhook(SECRET).verify(`${body}`, headerObject(headers))).toMatchObject({ data: 1 });
    expect(() => new Webhook(FORMER).verify(`${body}`, headerObject(headers))).toThrow();
  });

  test('both ed25519 keys sign', () => {
    const pairs = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
    const [newest = '', former = ''] = pairs.map(
      ({ privateKey }) =>
        `whsk_${Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url').toString('base64')}`,
    );
    const sign: Signing = {
      scheme: 'standard-webhooks',
      algorithm: 'ed25519',
      secret: sealed(newest),
      previous: { secret: sealed(former), until },
    };
    const built = builtAt(sign, NOW_MS - 1);
    const headers = headerObject(built.headers);
    const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${built.body}`);
    const signatures = (headers['webhook-signature'] ?? '').split(' ');
    expect(signatures).toHaveLength(2);
    for (const [at, signature] of signatures.entries()) {
      const [version, text = ''] = signature.split(',');
      const key = pairs[at]?.publicKey;
      expect(version).toBe('v1a');
      expect(key && verify(null, signed, key, Buffer.from(text, 'base64'))).toBe(true);
    }
  });
});

test('sends no signature where the scheme is none', () => {
  expect(requestOf('none').headers).not.toContain('webhook-signature');
});

test('records the signature', () => {
  const { headers, recordedHeaders } = requestOf('standard-webhooks');
  const signature = headerObject(headers)['webhook-signature'];
  expect(recordedHeaders).toContainEqual(['webhook-signature', signature]);
});

test('does not build a push without a delivery', () => {
  expect(() => buildRequest(planWith('none'), [], NOW_MS, TRACEPARENT)).toThrow(/no delivery/);
});

test('sends an array of standard bodies where the integration batches, and where several failed together', () => {
  const [a, b] = [aDelivery({ data: '{"n": 1.0}' }), aDelivery({ event: { id: 'evt_2' }, data: '2' })];
  const push = [a, b].map(({ envelope, bytes }) => ({ envelope, data: bytes }));
  const plan = planWith('standard-webhooks');
  const { body, headers } = buildRequest(plan, push, NOW_MS, TRACEPARENT);
  const { type, acceptedAt } = a.envelope.event;
  const start = `{"type":"${type}","timestamp":"${acceptedAt}","data":`;
  expect(body.toString()).toBe(`[${start}{"n": 1.0}},${start}2}]`);
  expect(headerObject(headers)['webhook-id']).toBe(a.envelope.deliveryId);
  expect(new Webhook(SECRET).verify(body.toString(), headerObject(headers))).toHaveLength(2);
  const one = buildRequest({ ...plan, array: true }, push.slice(1), NOW_MS, TRACEPARENT);
  expect(one.body.toString()).toBe(`[${start}2}]`);
});
