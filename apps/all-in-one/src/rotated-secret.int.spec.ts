import { type Receiver, startReceiver, until } from '@hookstile/testing';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AllInOneUnderTest } from './all-in-one-under-test.js';
import { prepare } from './prepare-stack.js';

const PATH = '/hook';

let stack: AllInOneUnderTest;
let receiver: Receiver;

beforeAll(async () => {
  stack = await AllInOneUnderTest.create();
  receiver = await startReceiver();
  await prepare(stack.environment);
  await stack.start();
  await stack.call('config', 'POST', 'tenants', { id: 'acme', name: 'Acme', plan: 'standard' });
});

afterAll(async () => {
  await stack.destroy();
  await receiver.close();
});

/** The request of one new event, and which of the secrets the official library verifies it with. */
async function verifiedBy(secrets: Record<string, string>): Promise<string[]> {
  const before = receiver.on(PATH).length;
  expect((await stack.call('event-ingest', 'POST', 'events', { type: 'device.seen', data: { n: 1 } })).status).toBe(
    202,
  );
  const request = await until(() => receiver.on(PATH)[before], { what: 'the request', timeoutMs: 20_000 });
  const headers = request.headers as Record<string, string>;
  return Object.entries(secrets).flatMap(([name, secret]) => {
    try {
      new Webhook(secret).verify(`${request.body}`, headers);
      return [name];
    } catch {
      return [];
    }
  });
}

it('a rotated secret signs beside the former one until their overlap ends, and alone where there is none', async () => {
  const body = { name: 'a', url: `${receiver.url}${PATH}` };
  const created = await stack.call('config', 'POST', 'integrations', body);
  const rotate = async (overlapSeconds: number): Promise<string> => {
    const path = `integrations/${created.body.id}/rotate-secret`;
    return (await stack.call('config', 'POST', path, { overlapSeconds })).body.signingSecret;
  };
  const first: string = created.body.signingSecret;
  expect(await verifiedBy({ first })).toEqual(['first']);

  const second = await rotate(3_600);
  expect(await verifiedBy({ first, second })).toEqual(['first', 'second']);

  const third = await rotate(1);
  const ended = async () => (await verifiedBy({ first, second, third })).join() === 'third';
  await until(ended, { what: 'the end of the overlap', timeoutMs: 20_000 });

  const fourth = await rotate(0);
  expect(await verifiedBy({ first, second, third, fourth })).toEqual(['fourth']);
});
