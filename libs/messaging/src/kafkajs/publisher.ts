import { setTimeout as sleep } from 'node:timers/promises';
import type { PublisherOptions, RecordPublisher } from '../port/messaging.js';
import { OrderedPublisher } from '../publisher/ordered.publisher.js';
import { unavailable } from './broker-error.js';
import type { Client } from './client.js';
import { createSendRequest } from './send-request.js';

/** Even without a linger, requests of the same turn of the event loop go together. */
const linger = (ms: number) => (ms > 0 ? sleep(ms) : new Promise<void>((resolve) => setImmediate(resolve)));

export async function connectPublisher(client: Client, options: PublisherOptions): Promise<RecordPublisher> {
  const { producer, send } = createSendRequest(client);
  try {
    await producer.connect();
  } catch (error) {
    throw unavailable(`publisher ${options.name} cannot connect`, error);
  }
  return new OrderedPublisher({
    ...options,
    send,
    logger: client.logger,
    linger,
    monotonicMs: () => performance.now(),
    pauseBeforeRetry: (ms) => sleep(ms),
    sleep: (ms) => sleep(ms, undefined, { ref: false }),
    disconnect: () => producer.disconnect(),
  });
}
