import { decisionRuleSettings } from '@hookstile/testing';
import { expect, test } from 'vitest';
import type { ExchangeAnswer } from '../egress/exchange.js';
import { REASON_MAX_CHARACTERS } from './decision.bounds.js';
import type { HookAnswer } from './hook-answer.js';
import { judgeAnswer } from './judge-answer.js';

function answered(body: string | Buffer, overrides: Partial<ExchangeAnswer> = {}): HookAnswer {
  return {
    kind: 'answered',
    answer: { status: 200, headers: [], body: Buffer.from(body), truncated: false, ...overrides },
  };
}

const judged = (asked: HookAnswer, overrides: Parameters<typeof decisionRuleSettings>[0] = {}) =>
  judgeAnswer(
    decisionRuleSettings({ responseActions: [{ type: 'allow', key: 'status', value: 'ok' }], ...overrides }),
    asked,
  );

test('grants by the action that matched, and says which', () => {
  expect(judged(answered('{"status":"ok"}'))).toEqual({
    decision: 'granted',
    code: 'matched',
    reason: '"status" of the answer equals "ok", which allows.',
    httpStatus: 200,
    matchedAction: { index: 0, type: 'allow', key: 'status', value: 'ok' },
  });
});

test('says what stood in the answer where nothing matched', () => {
  expect(judged(answered('{"status":"bad"}'))).toMatchObject({
    decision: 'denied',
    code: 'no_match',
    reason: 'No response action matched: "status" is "bad".',
    matchedAction: null,
  });
  expect(judged(answered('{}')).reason).toBe('No response action matched: "status" is not in the answer.');
  expect(judged(answered('{}'), { responseActions: [] }).reason).toMatch(/no response actions/);
});

test('keeps reasons short, however long the answer is', () => {
  const responseActions = Array.from({ length: 50 }, (_, i) => ({ type: 'allow' as const, key: `k${i}`, value: 1 }));
  const body = JSON.stringify(Object.fromEntries(responseActions.map(({ key }) => [key, 'x'.repeat(1_000)])));
  expect(judged(answered(body), { responseActions }).reason.length).toBeLessThanOrEqual(REASON_MAX_CHARACTERS);
});

test.each([
  ['http_status', answered('{"status":"ok"}', { status: 500 }), 500],
  ['http_status', answered('{"status":"ok"}', { status: 302 }), 302],
  ['http_status', answered('{"status":"ok"}', { status: 404 }), 404],
  ['unparseable', answered('<html>'), 200],
  ['unparseable', answered(''), 200],
  ['unparseable', answered('cb({"status":"ok"})'), 200],
  ['unparseable', answered('{"status":"ok"}', { truncated: true }), 200],
  ['unparseable', answered('{"status":"ok"}', { headers: [['Content-Encoding', 'gzip']] }), 200],
  ['unparseable', answered(Buffer.from([0x22, 0xff, 0x22])), 200],
  ['unparseable', answered('['.repeat(60_000)), 200],
  ['timeout', { kind: 'failed', error: 'timeout', detail: 'late' }, null],
  ['connect', { kind: 'failed', error: 'connect', detail: 'refused' }, null],
  ['connect', { kind: 'failed', error: 'reset', detail: 'broken' }, null],
  ['connect', { kind: 'failed', error: 'dns', detail: 'unknown' }, null],
  ['connect', { kind: 'failed', error: 'tls', detail: 'expired' }, null],
  ['connect', { kind: 'failed', error: 'oauth_token', detail: 'no token' }, null],
  ['unparseable', { kind: 'failed', error: 'response_invalid', detail: 'not HTTP' }, null],
  ['blocked_address', { kind: 'failed', error: 'blocked_address', detail: 'private' }, null],
  ['circuit_open', { kind: 'circuit-open' }, null],
] satisfies [string, HookAnswer, number | null][])(
  'calls it %s, and decides by onError: %j',
  (code, asked, httpStatus) => {
    const common = { code, httpStatus, matchedAction: null };
    expect(judged(asked)).toMatchObject({
      ...common,
      decision: 'denied',
      reason: expect.stringMatching(/ On errors this rule denies\.$/),
    });
    expect(judged(asked, { onError: 'allow' })).toMatchObject({
      ...common,
      decision: 'granted',
      reason: expect.stringMatching(/ On errors this rule allows\.$/),
    });
  },
);

test('reads JSONP where the rule says so, and then nothing else', () => {
  expect(judged(answered('/**/cb({"status":"ok"});'), { verification: 'jsonp' })).toMatchObject({ code: 'matched' });
  expect(judged(answered('{"status":"ok"}'), { verification: 'jsonp' })).toMatchObject({ code: 'unparseable' });
});

test('reads JSON behind a byte order mark', () => {
  expect(judged(answered('\ufeff{"status":"ok"}'))).toMatchObject({ code: 'matched' });
});
