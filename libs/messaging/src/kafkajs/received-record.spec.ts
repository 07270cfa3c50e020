import { describe, expect, it } from 'vitest';
import { receivedRecord } from './received-record.js';

describe('received record', () => {
  const message = { offset: '7', timestamp: '1700000000000', key: Buffer.from('k'), value: Buffer.from('v') };

  it('counts a header that stands twice with its last value', () => {
    const headers = { once: Buffer.from('a'), twice: [Buffer.from('b'), Buffer.from('c')] };
    const record = receivedRecord('t', 3, { ...message, headers });
    expect(record).toMatchObject({ topic: 't', partition: 3, offset: 7, key: 'k', timestampMs: 1_700_000_000_000 });
    expect(record.headers.once?.toString()).toBe('a');
    expect(record.headers.twice?.toString()).toBe('c');
  });

  it('does not keep a large answer of the broker in memory', () => {
    const answer = Buffer.from(new ArrayBuffer(1024 * 1024));
    const header = answer.subarray(0, 10);
    const record = receivedRecord('t', 0, { ...message, value: answer.subarray(100, 110), headers: { header } });
    expect(record.value?.buffer).not.toBe(answer.buffer);
    expect(record.headers.header?.buffer).not.toBe(answer.buffer);
    expect(record.value?.equals(answer.subarray(100, 110))).toBe(true);
  });
});
