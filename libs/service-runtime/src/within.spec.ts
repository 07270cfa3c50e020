import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { within } from './within.js';

const late = () => new Error('late');
const never = new Promise<never>(() => undefined);

/** As a machine without a CPU to spare does. */
function standStill(ms: number): void {
  const sinceMs = performance.now();
  while (performance.now() - sinceMs < ms);
}

test('an answer in time is the answer', async () => {
  expect(await within(Promise.resolve(7), 1_000, late)).toBe(7);
});

test('what is not answered in time is late', async () => {
  await expect(within(never, 1, late)).rejects.toThrow('late');
});

test('an answer that came while the process stood still is not late', async () => {
  const { port1, port2 } = new MessageChannel();
  const answer = within(once(port2, 'message'), 1, late);
  // Behind a turn's immediates Node looks at timers before it looks at what has come.
  setImmediate(() => {
    port1.postMessage('here');
    standStill(20);
  });
  expect(await answer).toEqual(['here']);
  port1.close();
});
