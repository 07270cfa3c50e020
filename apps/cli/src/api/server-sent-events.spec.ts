import { describe, expect, it } from 'vitest';
import { MESSAGE_MAX_CHARACTERS } from '../cli.bounds.ts';
import { ServerSentEvents } from './server-sent-events.ts';

const STREAM = 'retry: 500\nid: 0\n\n: comment\n\nid: 1\nevent: attempt\ndata: {"ü":1}\n\ndata: a\r\ndata:b\rid\r\n\n';
const EVENTS = [
  { type: 'attempt', data: '{"ü":1}' },
  { type: 'message', data: 'a\nb' },
];

describe('an event stream', () => {
  it('is read the same wherever its pieces end', () => {
    const bytes = Buffer.from(STREAM);
    for (let size = 1; size <= bytes.length; size += 1) {
      const reader = new ServerSentEvents();
      const events = [];
      for (let start = 0; start < bytes.length; start += size) {
        events.push(...reader.read(bytes.subarray(start, start + size)));
      }
      expect(events).toEqual(EVENTS);
      expect([reader.retryMs, reader.lastEventId]).toEqual([500, null]);
    }
  });

  it('keeps the id of a block without data, and not of one that has not ended', () => {
    const reader = new ServerSentEvents();
    reader.read(Buffer.from('id: 7\n\nid: 8\nevent: attempt\n'));
    expect(reader.lastEventId).toBe('7');
  });

  it('has a bound on a message that does not end', () => {
    const reader = new ServerSentEvents();
    expect(() => reader.read(Buffer.alloc(MESSAGE_MAX_CHARACTERS + 1, 'x'))).toThrow('without an end');
  });
});
