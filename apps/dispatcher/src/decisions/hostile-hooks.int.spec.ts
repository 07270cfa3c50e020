import { setTimeout as sleep } from 'node:timers/promises';
import { decisionRuleSettings } from '@hookstile/testing';
import {
  HANG_MS,
  type HostileReceiver,
  hostileReceivers,
  meetAll,
  startHostileReceiver,
  timed,
  timeoutMsOf,
} from '@hookstile/testing/hostile-receivers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { egressUnderTest } from '../egress/egress.fake.js';
import { HookPools } from '../egress/hook-pools.js';
import type { TokenSource } from '../oauth/token-source.js';
import { requestTargetOf } from '../request/request-target.js';
import { askHook } from './ask-hook.js';
import { REASON_MAX_CHARACTERS } from './decision.bounds.js';
import { type Judgement, judgeAnswer } from './judge-answer.js';

/** What some of them answer would be granted, were it believed. */
const RULE = decisionRuleSettings({ responseActions: [{ type: 'allow', key: 'status', value: 'ok' }] });
const NO_TOKENS: TokenSource = { tokenFor: () => Promise.reject(new Error('no token is asked for')) };

const receivers = await hostileReceivers();
const judged = new Map<HostileReceiver, Judgement & { lateMs: number }>();
let pools: HookPools;

async function decide(receiver: HostileReceiver): Promise<void> {
  const running = await startHostileReceiver(receiver);
  const timeoutMs = timeoutMsOf({ endsByDeadline: receiver.decision === 'timeout' });
  const asker = { pools, tokens: NO_TOKENS, monotonicMs: () => performance.now(), sleep: (ms: number) => sleep(ms) };
  const asking = askHook(asker, {
    ruleId: receiver.name,
    method: 'POST',
    target: requestTargetOf(running.url),
    request: { headers: [], body: Buffer.from('{}') },
    tokenGrant: null,
    deadlineMs: performance.now() + timeoutMs,
    timeoutMs,
    signal: new AbortController().signal,
  });
  const { result, lateMs } = await timed(timeoutMs, asking);
  judged.set(receiver, { ...judgeAnswer(RULE, result), lateMs });
  await running.close();
}

beforeAll(async () => {
  pools = new HookPools(egressUnderTest().connectorFor(null));
  await meetAll(receivers, decide);
});
afterAll(() => pools.close());

describe.each(receivers)('a hook that $name', (receiver) => {
  test('grants nothing, by the deadline, and the reason says why', () => {
    const { decision, code, reason, lateMs } = judged.get(receiver) ?? {};
    expect([decision, code]).toEqual(['denied', receiver.decision]);
    expect(lateMs).toBeLessThan(HANG_MS);
    expect(reason?.length).toBeLessThanOrEqual(REASON_MAX_CHARACTERS);
  });
});
