import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowsOf } from './list-windows.js';

const DAY_MS = 86_400_000;
const NOW_MS = 100 * DAY_MS;
const moment = fc.integer({ min: 0, max: 200 }).map((halfDays) => (halfDays * DAY_MS) / 2);

describe('the windows of a page', () => {
  it('begin with the last days, without an end, and take the rest in the end', () => {
    const windows = windowsOf(NOW_MS, {}, null);
    expect(windows[0]).toEqual({ fromMs: NOW_MS - 2 * DAY_MS, toMs: null });
    expect(windows.at(-1)).toEqual({ fromMs: null, toMs: NOW_MS - 9 * DAY_MS });
  });

  it('begin where the page goes on', () => {
    expect(windowsOf(NOW_MS, {}, { atMs: 50 * DAY_MS, key: 'x' })[0]?.fromMs).toBe(48 * DAY_MS);
    expect(windowsOf(NOW_MS, { until: 60 * DAY_MS }, null)[0]).toEqual({ fromMs: 58 * DAY_MS, toMs: 60 * DAY_MS });
  });

  it('are the whole span, without gap or overlap', () => {
    const span = fc.record({ since: moment, until: moment }, { requiredKeys: [] });
    fc.assert(
      fc.property(span, fc.option(moment), (given, atMs) => {
        const windows = windowsOf(NOW_MS, given, atMs === null ? null : { atMs, key: 'x' });
        expect(windows[0]?.toMs).toBe(given.until ?? null);
        expect(windows.at(-1)?.fromMs).toBe(given.since ?? null);
        windows.forEach(({ toMs }, index) => {
          if (index > 0) expect(toMs).toBe(windows[index - 1]?.fromMs);
        });
      }),
    );
  });
});
