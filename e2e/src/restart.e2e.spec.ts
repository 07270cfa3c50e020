import { type Receiver, randomSuffix, startReceiver, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type DeliveryRow } from './api.js';
import { type Stack, startStack } from './stack.js';

const EVENTS = 300;

let stack: Stack;
let receiver: Receiver;

beforeAll(async () => {
  stack = await startStack();
  receiver = await startReceiver();
});

afterAll(async () => {
  await receiver?.close();
  await stack?.stop();
});

const emitUntilAccepted = (api: Api, n: number) =>
  until(
    async () => {
      const body = { id: `restart-${n}`, type: 'restart', data: { n } };
      return (await api.send('POST', '/v1/events', { body })).status === 202;
    },
    { timeoutMs: 60_000, what: `event ${n} to be accepted` },
  );

describe('a restart of the whole stack in mid-flow', () => {
  it('loses nothing, repeats nothing and keeps the order', async () => {
    const tenantId = `restart-${randomSuffix()}`;
    const admin = new Api(stack.run.baseUrl, stack.run.adminKey);
    await admin.expect(201, 'POST', '/v1/tenants', { body: { id: tenantId, name: 'Restart', plan: 'standard' } });
    const api = new Api(stack.run.baseUrl, stack.run.adminKey, tenantId);
    const { id } = await api.expect<{ id: string }>(201, 'POST', '/v1/integrations', {
      body: { name: 'restart', url: `${receiver.url}/restart` },
    });
    receiver.answer('/restart', () => ({ delayMs: 5 }));

    const emitting = (async () => {
      for (let n = 0; n < EVENTS; n += 1) await emitUntilAccepted(api, n);
    })();
    await receiver.received('/restart', EVENTS / 3, 30_000);
    await stack.stop();
    stack = await startStack({ home: stack.home, port: stack.port });
    await emitting;

    const requests = await receiver.received('/restart', EVENTS, 60_000);
    await until(
      async () => {
        const rows = await api.list<DeliveryRow>(`/v1/deliveries?integrationId=${id}&status=delivered`);
        return rows.length === EVENTS;
      },
      { what: 'every delivery to be delivered' },
    );
    const numbers = requests.map((request) => JSON.parse(request.body.toString('utf8')).data.n);
    expect(numbers).toEqual(Array.from({ length: EVENTS }, (_, n) => n));
  });
});
