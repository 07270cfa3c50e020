import { aDecisionRule } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { decisionRecordOf } from './decision-record.js';
import type { Judgement } from './judge-answer.js';

const judgement: Judgement = {
  decision: 'denied',
  code: 'no_match',
  reason: '"a" is \u0000',
  httpStatus: 200,
  matchedAction: null,
};
const recordOf = (values: Record<string, string>) =>
  decisionRecordOf({
    id: 'dec_1',
    atMs: 0,
    rule: aDecisionRule(),
    values: new Map(Object.entries(values)),
    judgement,
    durationMs: 1,
    cached: false,
    traceparent: '',
  });

test('keeps who asked, and nothing else of the context', () => {
  const context = {
    username: 'ann',
    remote_ip: '192.0.2.1',
    device_id: 'd1',
    'headers.cookie': 's3cret',
    groups: 's3cret',
    cert_name: 's3cret',
  };
  const record = recordOf(context);
  expect(record).toMatchObject({ username: 'ann', remoteIp: '192.0.2.1', deviceId: 'd1' });
  expect(JSON.stringify(record)).not.toContain('s3cret');
  expect(recordOf({})).toMatchObject({ username: null, remoteIp: null, deviceId: null });
});

test('holds no text that a database refuses, and none without end', () => {
  const record = recordOf({ username: `a\u0000b\ud800${'x'.repeat(5_000)}` });
  expect(record.username).toHaveLength(1_024);
  expect(record.username?.startsWith('a b\ufffd')).toBe(true);
  expect(record.reason).toBe('"a" is  ');
});
