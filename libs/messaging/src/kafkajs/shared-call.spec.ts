import { until } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { SharedCall } from './shared-call.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('shared call', () => {
  const setUp = () => {
    const sent: PromiseWithResolvers<number>[] = [];
    const shared = new SharedCall(() => {
      const request = Promise.withResolvers<number>();
      sent.push(request);
      return request.promise;
    }, turn);
    return { shared, sent };
  };

  it('serves all who ask before it is sent with one request', async () => {
    const { shared, sent } = setUp();
    const callers = [shared.call(), shared.call()];
    await until(() => sent.length === 1);
    await turn();
    expect(sent.length).toBe(1);
    sent[0]?.resolve(7);
    expect(await Promise.all(callers)).toEqual([7, 7]);
  });

  it('never answers with a request that was sent before the question', async () => {
    const { shared, sent } = setUp();
    const early = shared.call();
    await until(() => sent.length === 1);
    const late = [shared.call(), shared.call()];
    await turn();
    await turn();
    expect(sent.length).toBe(1);
    sent[0]?.resolve(1);
    expect(await early).toBe(1);
    await until(() => sent.length === 2);
    sent[1]?.resolve(2);
    expect(await Promise.all(late)).toEqual([2, 2]);
  });

  it('asks anew for those who wait behind a failed request', async () => {
    const { shared, sent } = setUp();
    const early = shared.call();
    await until(() => sent.length === 1);
    const late = shared.call();
    sent[0]?.reject(new Error('cut'));
    await expect(early).rejects.toThrow('cut');
    await until(() => sent.length === 2);
    sent[1]?.resolve(2);
    expect(await late).toBe(2);
  });
});
