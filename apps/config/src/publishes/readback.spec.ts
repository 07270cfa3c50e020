import type { Follower, Messaging, ReceivedRecord } from '@hookstile/messaging';
import { FIXED_NOW } from '@hookstile/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { tenantKeyRecord } from '../tenant-keys/tenant-keys.js';
import { Readback } from './readback.js';

const ROUND_MS = 1_000;

let nowMs: number;
let readback: Readback;
/** The version that the database has, and what was written to the topic in turn. */
let stored: number;
let topic: number[];
let read: (records: readonly ReceivedRecord[]) => void;

/** The topic takes a record, and the readback reads it. */
function append(version: number): void {
  topic.push(version);
  const { key, headers, value } = tenantKeyRecord({ tenantId: 'ten_1', version, wrapped: null, at: FIXED_NOW });
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  read([{ topic: 'configuration', partition: 0, offset: topic.length, key, value, headers: bytes, timestampMs: 0 }]);
}

async function rounds(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    nowMs += ROUND_MS;
    await vi.advanceTimersByTimeAsync(ROUND_MS);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 0;
  topic = [];
  const messaging: Pick<Messaging, 'follow'> = {
    follow: async ({ onRecords }) => {
      read = (records) => void onRecords(records);
      return { stop: async () => undefined } as Follower;
    },
  };
  readback = new Readback({
    messaging: messaging as Messaging,
    topic: 'configuration',
    readModels: { versions: async () => [] },
    tenantKeys: { versions: async (after) => (after === '' ? [{ id: 'ten_1', version: stored }] : []) },
    isLeading: () => true,
    republish: async () => append(stored),
    monotonicMs: () => nowMs,
    logger: { warn: () => undefined, info: () => undefined },
  });
  readback.start();
});

afterEach(async () => {
  await readback.stop();
  vi.useRealTimers();
});

it('writes what the topic has lost, and once more what a late append set back, each time', async () => {
  stored = 2;
  await rounds(1);
  append(1);
  await rounds(1);
  expect(topic).toEqual([2, 1, 2]);
  append(1);
  await rounds(3);
  expect(topic).toEqual([2, 1, 2, 1, 2]);
});

it('does not go on writing where the database was restored to before what the topic has', async () => {
  stored = 3;
  await rounds(1);
  append(5);
  append(3);
  await rounds(200);
  expect(topic).toEqual([3, 5, 3, 3]);
});
