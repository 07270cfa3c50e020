import { expect, test } from 'vitest';
import { EventQuotas } from './event-quotas.js';

function quotasOf(perSecond: number, burst = 0, given: Record<string, string> = {}) {
  const time = { ms: 0 };
  const read: number[] = [];
  const settings = { HOOKSTILE_EVENTS_PER_SECOND: perSecond, HOOKSTILE_EVENTS_BURST: burst };
  const quotas = new EventQuotas(settings, { monotonicMs: () => time.ms });
  const send = (tenantId: string, events = 1, bytes = 0) => {
    const headers: Record<string, string> = { ...given };
    const answer = { getHeader: (name: string) => headers[name], header: (n: string, v: string) => (headers[n] = v) };
    quotas.refuseSpent(tenantId, answer, bytes);
    read.push(events);
    quotas.spend(tenantId, events, answer, bytes);
    return headers;
  };
  return { time, send, read };
}

const refusal = (retryAfterSeconds: number) => expect.objectContaining({ code: 'rate_limited', retryAfterSeconds });

test('sets no limit, and tells of none, unless it is told to', () => {
  const { send } = quotasOf(0);
  for (let n = 0; n < 1_000; n += 1) expect(send('a', 500)).toEqual({});
});

test('refuses a tenant beyond its burst until the rate has given enough back', () => {
  const { send, time } = quotasOf(2, 10);
  for (let n = 0; n < 10; n += 1) send('a');
  expect(() => send('a')).toThrow(refusal(1));
  time.ms = 499;
  expect(() => send('a')).toThrow(refusal(1));
  time.ms = 500;
  send('a');
  expect(() => send('a')).toThrow(refusal(1));
});

test('leaves other tenants alone', () => {
  const { send } = quotasOf(1, 1);
  send('noisy');
  expect(() => send('noisy')).toThrow(refusal(1));
  send('quiet');
});

test('counts each event of a batch, and takes all of it or none', () => {
  const { send, time } = quotasOf(10, 100);
  send('a', 60);
  expect(() => send('a', 60)).toThrow(refusal(2));
  send('a', 40);
  time.ms = 2_000;
  send('a', 20);
});

test('takes a batch that is larger than the burst once all of it is there, and lets it be paid for', () => {
  const { send, time } = quotasOf(10, 20);
  send('a', 500);
  time.ms = 47_000;
  expect(() => send('a')).toThrow(refusal(2));
  time.ms = 49_900;
  expect(() => send('a', 500)).toThrow(refusal(1));
  time.ms = 50_000;
  send('a', 500);
});

test('tells what is left and when all is back, beside what the key has left', () => {
  const { send, time } = quotasOf(2, 10, { ratelimit: '"key";r=9;t=60' });
  expect(send('a', 4)).toEqual({
    'ratelimit-policy': '"events";q=10;w=5',
    ratelimit: '"key";r=9;t=60, "events";r=6;t=2',
  });
  time.ms = 250;
  expect(send('a').ratelimit).toBe('"key";r=9;t=60, "events";r=5;t=3');
});

test('saves no more than one second’s events where no burst is given', () => {
  const { send, time } = quotasOf(3);
  time.ms = 60_000;
  for (let n = 0; n < 3; n += 1) send('a');
  expect(() => send('a')).toThrow(refusal(1));
});

test('a batch like one that was refused is not read before there is enough for that one', () => {
  const { send, time, read } = quotasOf(10, 100);
  send('a', 60, 6_000);
  expect(() => send('a', 60, 6_000)).toThrow(refusal(2));
  read.length = 0;
  for (let n = 0; n < 50; n += 1) expect(() => send('a', 60, 6_000 + n)).toThrow(refusal(2));
  expect(() => send('a', 60, Number.POSITIVE_INFINITY), 'whose length nobody tells').toThrow(refusal(2));
  expect(read).toEqual([]);
  time.ms = 2_000;
  send('a', 60, 6_000);
  expect(read).toEqual([60]);
});

test('smaller batches and single events are read, and taken, all the while', () => {
  const { send, time } = quotasOf(10, 100);
  send('a', 60, 6_000);
  expect(() => send('a', 60, 6_000)).toThrow(refusal(2));
  send('a', 1, 0);
  send('a', 20, 2_000);
  expect(() => send('a', 30, 3_000)).toThrow(refusal(2));
  expect(() => send('a', 25, 2_500)).toThrow(refusal(1));
  expect(() => send('a', 30, 3_000), 'not before the one that is smaller').toThrow(refusal(1));
  time.ms = 600;
  send('a', 25, 2_500);
  expect(() => send('a', 2, 200)).toThrow(refusal(1));
});

test('a batch that is refused behind a smaller one, which there was enough for by then, is read once', () => {
  const { send, time, read } = quotasOf(10, 100);
  send('a', 99, 9_900);
  expect(() => send('a', 2, 200)).toThrow(refusal(1));
  time.ms = 100;
  read.length = 0;
  for (let n = 0; n < 50; n += 1) expect(() => send('a', 60, 6_000)).toThrow(refusal(6));
  expect(read).toEqual([60]);
});

test('a batch is held back no more once there was enough for the one that was refused', () => {
  const { send, time } = quotasOf(10, 100);
  send('a', 60, 6_000);
  expect(() => send('a', 60, 6_000)).toThrow(refusal(2));
  time.ms = 3_000;
  for (let n = 0; n < 40; n += 1) send('a');
  send('a', 10, 7_000);
});

test('a batch of few large events is held back no longer than was told, though others take what comes', () => {
  const { send, time } = quotasOf(10, 100);
  send('a', 60, 6_000);
  expect(() => send('a', 60, 6_000)).toThrow(refusal(2));
  for (let n = 0; n < 40; n += 1) send('a');
  time.ms = 1_999;
  expect(() => send('a', 2, 6_000)).toThrow(refusal(5));
  time.ms = 2_000;
  send('a', 2, 6_000);
});
