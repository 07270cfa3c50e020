import { type Receiver, startReceiver } from '@hookstile/testing';
import {
  HANG_MS,
  type HostileReceiver,
  hostileReceivers,
  meetAll,
  startHostileReceiver,
  timed,
  timeoutMsOf,
  trustIn,
} from '@hookstile/testing/hostile-receivers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttemptMaker, AttemptOutcome } from '../attempts/attempt.types.js';
import { attemptInput, attemptMaker } from '../attempts/attempt-maker.fake.js';
import { sealed } from '../request/sealed-fixture.js';

const DETAIL_MAX_CHARACTERS = 500;
const SECRET = 'the-clients-secret';

const receivers = await hostileReceivers();
const outcomes = new Map<HostileReceiver, AttemptOutcome & { lateMs: number }>();
let maker: AttemptMaker;
let webhook: Receiver;

/** A token endpoint's answer is nothing without its body: it is awaited until the deadline. */
const endsByDeadline = ({ attempt, decision }: HostileReceiver): boolean => [attempt, decision].includes('timeout');

async function attempt(receiver: HostileReceiver): Promise<void> {
  const running = await startHostileReceiver(receiver);
  const clientSecret = sealed(SECRET);
  const auth = { type: 'oauth2', tokenUrl: `${running.url}token`, clientId: 'hookstile', clientSecret } as const;
  const timeoutMs = timeoutMsOf({ endsByDeadline: endsByDeadline(receiver) });
  const input = attemptInput(`${webhook.url}/hook`, { auth, ...trustIn(receiver), timeoutMs });
  const { result, lateMs } = await timed(timeoutMs, maker.make(input));
  outcomes.set(receiver, { ...result, lateMs });
  await running.close();
}

beforeAll(async () => {
  maker = attemptMaker();
  webhook = await startReceiver();
  await meetAll(receivers, attempt);
});
afterAll(async () => {
  await maker.close();
  await webhook.close();
});

describe.each(receivers)('a token endpoint that $name', (receiver) => {
  test('ends the attempt by its deadline, and the detail holds nothing that does not belong there', () => {
    const { error, errorDetail, response, lateMs } = outcomes.get(receiver) ?? {};
    expect([error, response]).toEqual(['oauth_token', null]);
    expect(lateMs).toBeLessThan(HANG_MS);
    expect(errorDetail).toMatch(/^[\x20-\x7e]+$/);
    expect(errorDetail?.length).toBeLessThan(DETAIL_MAX_CHARACTERS);
    expect(errorDetail).not.toContain(SECRET);
  });
});

test('nothing is sent without a token', () => {
  expect(webhook.requests).toHaveLength(0);
});
