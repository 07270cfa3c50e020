import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from './receiver.js';

describe('receiver', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.close());

  const post = (path: string, body: string) => fetch(`${receiver.url}${path}`, { method: 'POST', body });

  it('answers a path by its program, the last answer for all that follow', async () => {
    receiver.answer('/hook', [503, { status: 200, body: 'ok' }]);
    const statuses = [await post('/hook', '1'), await post('/hook', '2'), await post('/hook', '3')].map(
      (r) => r.status,
    );
    expect(statuses).toEqual([503, 200, 200]);
  });

  it('records the raw bytes and which attempt it was', async () => {
    await post('/a', '{"x": 1.50}');
    await post('/a', 'second');
    const requests = await receiver.received('/a', 2);
    expect(requests.map(({ body, attempt }) => [body.toString(), attempt])).toEqual([
      ['{"x": 1.50}', 1],
      ['second', 2],
    ]);
  });

  it('closes the connection without an answer when told to', async () => {
    receiver.answer('/gone', [{ reset: true }]);
    await expect(post('/gone', '')).rejects.toThrow();
  });
});
