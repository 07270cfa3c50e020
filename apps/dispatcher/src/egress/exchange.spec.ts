import type { Dispatcher } from 'undici';
import { expect, it } from 'vitest';
import { type ExchangeResult, exchange } from './exchange.js';

/** An exchange whose request was written; what comes back is up to the test. */
function begun(): {
  ended: Promise<ExchangeResult>;
  abort(): void;
  answered(status: number): void;
  isGivenUp(): boolean;
} {
  const signals = new AbortController();
  let givenUp = false;
  let answered: (status: number) => void = () => {};
  const controller = { abort: () => (givenUp = true) } as unknown as Dispatcher.DispatchController;
  const dispatch: Dispatcher['dispatch'] = (_, handler) => {
    handler.onRequestStart?.(controller, {});
    answered = (status) => handler.onResponseStart?.(controller, status, {}, '');
    return true;
  };
  const common = { path: '/', method: 'POST', headers: [], body: Buffer.alloc(0), timeoutMs: 60_000 };
  const request = { ...common, signal: signals.signal, mayBegin: () => true };
  const ended = exchange({ dispatch } as Dispatcher, request);
  return {
    ended,
    abort: () => signals.abort(),
    answered: (status) => answered(status),
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
