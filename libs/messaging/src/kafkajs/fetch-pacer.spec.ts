import { describe, expect, it } from 'vitest';
import { FetchPacer } from './fetch-pacer.js';

describe('pace of fetches', () => {
  it('is one pause for all handlers of a fetch', async () => {
    const pacer = new FetchPacer(1);
    const first = pacer.pause();
    expect(pacer.pause()).toBe(first);
    await first;
    expect(pacer.pause()).toBe(first);
  });

  it('is a new pause for the next fetch', () => {
    const pacer = new FetchPacer(1);
    const first = pacer.pause();
    pacer.fetchStarted();
    expect(pacer.pause()).not.toBe(first);
  });
});
