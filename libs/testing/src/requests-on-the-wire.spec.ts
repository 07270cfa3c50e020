import { describe, expect, it } from 'vitest';
import { isKafkaProduce, isKafkaRequest, isPostgresCommit, KAFKA_FETCH } from './requests-on-the-wire.js';

const frame = (apiKey: number, clientId = '', rest = '') =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 9, 0, apiKey, 0, 3, 0, 0, 0, 1, 0, clientId.length]),
    Buffer.from(`${clientId}${rest}`),
  ]);

describe('requests by their bytes', () => {
  it('knows a produce request from others', () => {
    expect([isKafkaProduce(frame(0)), isKafkaProduce(frame(1)), isKafkaProduce(Buffer.alloc(3))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('knows whose request it is and of which topic', () => {
    const fetch = frame(KAFKA_FETCH, 'config', '..signals..');
    const is = (clientId: string, topic: string) => isKafkaRequest(fetch, { apiKey: KAFKA_FETCH, clientId, topic });
    expect([is('config', 'signals'), is('conf', 'signals'), is('config', 'events')]).toEqual([true, false, false]);
  });

  it('knows a commit', () => {
    expect(isPostgresCommit(Buffer.from('Q\0\0\0\x0bCOMMIT\0'))).toBe(true);
    expect(isPostgresCommit(Buffer.from('Q\0\0\0\x0bSELECT\0'))).toBe(false);
  });
});
