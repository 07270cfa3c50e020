import { aDelivery, anIntegration, integrationSettings } from '@hookstile/testing';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
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
