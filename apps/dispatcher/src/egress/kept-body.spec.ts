import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { KeptBody } from './kept-body.js';
import { KEPT_BODY_MAX_BYTES } from './response.bounds.js';

test('keeps the first 64 KiB and counts the rest', () => {
  const body = new KeptBody();
  for (let i = 0; i < 3; i += 1) body.add(Buffer.alloc(30_000, i));
  expect(body.bytes()).toEqual(
    Buffer.concat([Buffer.alloc(30_000, 0), Buffer.alloc(30_000, 1), Buffer.alloc(KEPT_BODY_MAX_BYTES - 60_000, 2)]),
  );
  expect(body.overflowed).toBe(true);
  expect(body.receivedBytes).toBe(90_000);
});

test('does not overflow at exactly 64 KiB', () => {
  const body = new KeptBody();
  body.add(Buffer.alloc(KEPT_BODY_MAX_BYTES));
  expect(body.overflowed).toBe(false);
});

test('keeps its bytes when the socket reuses its buffer', () => {
  const body = new KeptBody();
  const chunk = Buffer.from('first');
  body.add(chunk);
  chunk.fill('x');
  expect(body.bytes().toString()).toBe('first');
});

const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

test('takes no more memory than a few times what is kept, in however small pieces it comes', () => {
  collectGarbage();
  const usedBytes = process.memoryUsage().heapUsed;
  const bodies = Array.from({ length: 8 }, () => new KeptBody());
  for (const body of bodies) for (let n = 0; n < KEPT_BODY_MAX_BYTES; n += 1) body.add(Buffer.of(n % 251));
  collectGarbage();
  // A buffer a piece would be 50 MiB.
  expect(process.memoryUsage().heapUsed - usedBytes).toBeLessThan(16 * KEPT_BODY_MAX_BYTES * bodies.length);
  expect(bodies.every((body) => body.bytes().every((byte, n) => byte === n % 251))).toBe(true);
});
