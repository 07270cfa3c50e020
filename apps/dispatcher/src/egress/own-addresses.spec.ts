import { beforeEach, expect, it } from 'vitest';
import { OWN_ADDRESSES_KEPT_MS } from './egress.bounds.js';
import { OwnAddresses } from './own-addresses.js';
import { type OwnEndpoints, ownEndpointsOf } from './own-endpoints.js';

let nowMs: number;
let answers: Record<string, string[]>;
let own: OwnEndpoints;
let addresses: OwnAddresses;

beforeEach(() => {
  nowMs = 0;
  answers = { kafka: ['10.0.0.1', 'fd00::1'], db: ['10.0.0.2'] };
  own = ownEndpointsOf(['kafka:9092', 'kafka:9192', 'postgres://db/hookstile', '10.0.0.9:4318', 'localhost:19092']);
  addresses = new OwnAddresses(
    own,
    () => nowMs,
    async (name) => answers[name] ?? Promise.reject(new Error('gone')),
  );
});

const known = () =>
  (
    [
      ['10.0.0.1', 9092],
      ['fd00::1', 9192],
      ['10.0.0.2', 5432],
      ['10.0.0.3', 5432],
    ] as const
  ).map(([address, port]) => own.has(address, port));

it('are known once the first connection is to be made', async () => {
  expect(own.named).toEqual(['kafka', 'db']);
  expect(known()).toEqual([false, false, false, false]);
  await addresses.known();
  expect(known()).toEqual([true, true, true, false]);
  expect([own.has('10.0.0.1', 443), own.has('10.0.0.9', 4318), own.has('::1', 19_092)]).toEqual([false, true, true]);
});

it('are learned again after a while, and kept where their names are gone', async () => {
  await addresses.known();
  answers = { db: ['10.0.0.3'] };
  nowMs = OWN_ADDRESSES_KEPT_MS - 1;
  await addresses.known();
  expect(known()).toEqual([true, true, true, false]);
  nowMs = OWN_ADDRESSES_KEPT_MS;
  await addresses.known();
  await new Promise((resolve) => setImmediate(resolve));
  expect(known()).toEqual([true, true, false, true]);
});
