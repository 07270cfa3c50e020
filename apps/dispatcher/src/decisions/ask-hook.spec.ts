import type { Dispatcher } from 'undici';
import { describe, expect, test } from 'vitest';
import { askHook, type HookAsker, type HookCall } from './ask-hook.js';

type Answering = (handler: Required<Dispatcher.DispatchHandler>) => void;

const CONTROLLER = { abort: () => {} } as unknown as Dispatcher.DispatchController;
const ANSWER: Answering = (handler) => {
  handler.onResponseStart(CONTROLLER, 200, {}, 'OK');
  handler.onResponseData(CONTROLLER, Buffer.from('{}'));
  handler.onResponseEnd(CONTROLLER, {});
};
const RESET: Answering = (handler) => handler.onResponseError(CONTROLLER, new Error('other side closed'));
const HEADERS_ONLY: Answering = (handler) => handler.onResponseStart(CONTROLLER, 200, {}, 'OK');
const HEADERS_THEN_RESET: Answering = (handler) => {
  HEADERS_ONLY(handler);
  RESET(handler);
};

/** Each request is answered by the next of `answers`; the clock shows `nowMs()`. */
function asking(answers: Answering[], nowMs: () => number = () => 0) {
  const left = [...answers];
  const dispatch: Dispatcher['dispatch'] = (_, handler) => {
    left.shift()?.(handler as Required<Dispatcher.DispatchHandler>);
    return true;
  };
  const asker = {
    pools: { of: () => ({ dispatch }) },
    tokens: { tokenFor: () => Promise.reject(new Error('no token is asked for')) },
    monotonicMs: nowMs,
    sleep: async () => {},
  } as unknown as HookAsker;
  const call: HookCall = {
    ruleId: 'rul_1',
    method: 'POST',
    target: { origin: 'http://a.example', path: '/', host: 'a.example', port: 80, url: 'http://a.example/' },
    request: { headers: [], body: Buffer.alloc(0) },
    tokenGrant: null,
    deadlineMs: 50,
    timeoutMs: 50,
    signal: new AbortController().signal,
  };
  return { left, answer: askHook(asker, call) };
}

describe('asking a hook', () => {
  test('tries once more where the connection broke before an answer, and not twice', async () => {
    expect(await asking([RESET, ANSWER]).answer).toMatchObject({ kind: 'answered' });
    const { left, answer } = asking([RESET, RESET, ANSWER]);
    expect(await answer).toMatchObject({ kind: 'failed', error: 'reset' });
    expect(left).toHaveLength(1);
  });

  test('does not try again what was answered in part', async () => {
    const { left, answer } = asking([HEADERS_THEN_RESET, ANSWER]);
    expect(await answer).toMatchObject({ kind: 'answered', answer: { truncated: true } });
    expect(left).toHaveLength(1);
  });

  test('ends as a timeout where the body outlasts the deadline, also by a timer that is early by a part of a millisecond', async () => {
    const nowMs = [0, 49.4];
    const { answer } = asking([HEADERS_ONLY], () => nowMs.shift() ?? 49.4);
    expect(await answer).toMatchObject({ kind: 'failed', error: 'timeout' });
  });
});
