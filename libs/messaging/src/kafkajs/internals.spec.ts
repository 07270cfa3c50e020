import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type RequestQueue, stopIdleThrottleTimers } from './internals.js';

const RequestQueueClass = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js');

describe('throttle timer of a connection', () => {
  beforeAll(stopIdleThrottleTimers);

  const queueWith = (pending: unknown[]): RequestQueue => {
    const queue = Object.create(RequestQueueClass.prototype);
    return Object.assign(queue, { throttleCheckTimeoutId: null, throttledUntil: -1, pending });
  };

  it('is not armed while no request waits', () => {
    const queue = queueWith([]);
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  it('looks again at the requests that wait', async () => {
    const queue = queueWith(['a request']);
    const checked = Promise.withResolvers<void>();
    queue.checkPendingRequests = vi.fn(() => checked.resolve());
    queue.scheduleCheckPendingRequests();
    await checked.promise;
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });
});
