import { Worker } from 'node:worker_threads';
import { until } from '@hookstile/testing';
import { Client } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange } from './exchange.js';

/** What the receiver and this process tell each other of a request. */
const ASKED = 1;
const ANSWER = 2;
const ANSWERED = 3;

/** Longer than it takes a request to be written, and what this process stands still for besides. */
const TIMEOUT_MS = 1_000;
const BEYOND_MS = 100;
const STANDS_STILL_MAX_MS = 10_000;

/** On a thread of its own, so that it answers while this one stands still. */
const RECEIVER = `
  const { createServer } = require('node:http');
  const { parentPort, workerData: said } = require('node:worker_threads');
  const server = createServer((request, response) => {
    response.on('finish', () => { Atomics.store(said, 0, ${ANSWERED}); Atomics.notify(said, 0); });
    request.resume().on('end', () => {
      Atomics.store(said, 0, ${ASKED});
      Atomics.wait(said, 0, ${ASKED});
      response.end(Buffer.alloc(Number(request.url.slice(1)), 'x'));
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

const said = new Int32Array(new SharedArrayBuffer(4));
let receiver: Worker;
let client: Client;

beforeAll(async () => {
  receiver = new Worker(RECEIVER, { eval: true, workerData: said });
  const port = await new Promise<number>((resolve) => receiver.once('message', resolve));
  client = new Client(`http://127.0.0.1:${port}`);
});

afterAll(async () => {
  await client.destroy();
  await receiver.terminate();
});

/** Blocks this thread from when the request was received until its answer lies in the socket and its deadline is over. */
async function standStill(startedMs: number): Promise<void> {
  await until(() => Atomics.load(said, 0) === ASKED);
  // Timers are next behind this: the answer was not there when this turn read what had come.
  await new Promise((resolve) => setImmediate(resolve));
  Atomics.store(said, 0, ANSWER);
  Atomics.notify(said, 0);
  expect(Atomics.wait(said, 0, ANSWER, STANDS_STILL_MAX_MS)).not.toBe('timed-out');
  const restMs = startedMs + TIMEOUT_MS + BEYOND_MS - performance.now();
  if (restMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, restMs);
}

describe('a process that stood still past the deadline of a request', () => {
  it.each([
    ['takes the answer that had come', { answerBytes: 10, awaitsBody: false }],
    ['takes the whole of an answer that had come', { answerBytes: 60 * 1024, awaitsBody: true }],
  ])('%s', async (_, { answerBytes, awaitsBody }) => {
    const startedMs = performance.now();
    const ended = exchange(client, {
      path: `/${answerBytes}`,
      method: 'POST',
      headers: [],
      body: Buffer.from('{}'),
      timeoutMs: TIMEOUT_MS,
      awaitsBody,
      signal: new AbortController().signal,
      mayBegin: () => true,
    });
    await standStill(startedMs);
    const { answer } = await ended;
    expect([answer?.status, answer?.body.length, answer?.truncated]).toEqual([200, answerBytes, false]);
  });
});
