import { describe, expect, it } from 'vitest';
import { SharedRequest } from './shared-request.js';

function controlled() {
  const sent: PromiseWithResolvers<number>[] = [];
  const shared = new SharedRequest(() => {
    const request = Promise.withResolvers<number>();
    sent.push(request);
    return request.promise;
  });
  return { sent, shared };
}

describe('SharedRequest', () => {
  it('never lets a caller join a request that was sent before it called', async () => {
    const { sent, shared } = controlled();
    const first = shared.get();
    const second = shared.get();
    sent[0]?.resolve(1);
    expect(await first).toBe(1);
    await Promise.resolve();
    sent[1]?.resolve(2);
    expect(await second).toBe(2);
  });

  it('lets all callers of one wait share the next request', async () => {
    const { sent, shared } = controlled();
    const first = shared.get();
    const waiting = [shared.get(), shared.get(), shared.get()];
    sent[0]?.resolve(1);
    await first;
    await Promise.resolve();
    expect(sent).toHaveLength(2);
    sent[1]?.resolve(2);
    expect(await Promise.all(waiting)).toEqual([2, 2, 2]);
  });

  it('has at most one request in flight', async () => {
    const { sent, shared } = controlled();
    void shared.get();
    void shared.get();
    void shared.get();
    expect(sent).toHaveLength(1);
  });

  it('sends again after a failure', async () => {
    const { sent, shared } = controlled();
    const first = shared.get();
    const second = shared.get();
    sent[0]?.reject(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await Promise.resolve();
    sent[1]?.resolve(2);
    expect(await second).toBe(2);
    const third = shared.get();
    sent[2]?.resolve(3);
    expect(await third).toBe(3);
  });
});
