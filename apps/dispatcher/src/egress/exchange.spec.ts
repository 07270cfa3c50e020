import type { Dispatcher } from 'undici';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ExchangeResult, exchange } from './exchange.js';
import { BODY_GRACE_MS, DRAINED_BODY_MAX_PIECES, INTERIM_ANSWERS_MAX } from './response.bounds.js';

const TIMEOUT_MS = 60_000;

/** An exchange whose request was written; what comes back is up to the test. */
function begun(): {
  ended: Promise<ExchangeResult>;
  abort(): void;
  answered(status: number): void;
  received(bytes: Buffer): void;
  isGivenUp(): boolean;
} {
  const signals = new AbortController();
  let givenUp = false;
  let answered: (status: number) => void = () => {};
  let received: (bytes: Buffer) => void = () => {};
  const controller = { abort: () => (givenUp = true) } as unknown as Dispatcher.DispatchController;
  const dispatch: Dispatcher['dispatch'] = (_, handler) => {
    handler.onRequestStart?.(controller, {});
    received = (bytes) => handler.onResponseData?.(controller, bytes);
    answered = (status) => handler.onResponseStart?.(controller, status, {}, '');
    return true;
  };
  const common = { path: '/', method: 'POST', headers: [], body: Buffer.alloc(0), timeoutMs: TIMEOUT_MS };
  const request = { ...common, signal: signals.signal, mayBegin: () => true };
  const ended = exchange({ dispatch } as Dispatcher, request);
  return {
    ended,
    abort: () => signals.abort(),
    answered: (status) => answered(status),
    received: (bytes) => received(bytes),
    isGivenUp: () => givenUp,
  };
}

it('ends as aborted where it is aborted before an answer came', async () => {
  const { ended, abort, isGivenUp } = begun();
  abort();
  expect([await ended, isGivenUp()]).toMatchObject([{ answer: null, error: 'aborted' }, true]);
});

it('ends as was answered where it is aborted while the rest of a body is awaited', async () => {
  const { ended, abort, answered, isGivenUp } = begun();
  answered(200);
  abort();
  expect([await ended, isGivenUp()]).toMatchObject([{ answer: { status: 200, truncated: true } }, true]);
});

describe('the grace', () => {
  afterEach(() => void vi.useRealTimers());

  async function ending(answeredMs: number, endsMs: number) {
    vi.useFakeTimers();
    const { ended, answered, isGivenUp } = begun();
    await vi.advanceTimersByTimeAsync(answeredMs);
    answered(200);
    await vi.advanceTimersByTimeAsync(endsMs - answeredMs - 1);
    expect(isGivenUp()).toBe(false);
    // And one turn more, for what may lie in the socket.
    await vi.advanceTimersByTimeAsync(2);
    expect([await ended, isGivenUp()]).toMatchObject([{ answer: { status: 200, truncated: true } }, true]);
  }

  it('a body is awaited for its grace', () => ending(1_000, 1_000 + BODY_GRACE_MS));

  it('a body that begins just before the deadline has no time beyond it', () => ending(TIMEOUT_MS - 1, TIMEOUT_MS));
});

it('takes no more than a few interim answers for the sake of the one that counts', async () => {
  const { ended, answered, isGivenUp } = begun();
  for (let n = 0; n < INTERIM_ANSWERS_MAX; n += 1) answered(103);
  expect(isGivenUp()).toBe(false);
  answered(103);
  expect([await ended, isGivenUp()]).toMatchObject([{ answer: null, error: 'response_invalid' }, true]);
});

it('reads a body in no more than so many pieces, however small they are', async () => {
  const { ended, answered, received, isGivenUp } = begun();
  answered(200);
  for (let n = 0; n < DRAINED_BODY_MAX_PIECES; n += 1) received(Buffer.from('x'));
  expect(isGivenUp()).toBe(false);
  received(Buffer.from('x'));
  expect([await ended, isGivenUp()]).toMatchObject([{ answer: { status: 200, truncated: true } }, true]);
});
