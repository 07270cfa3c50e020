import { fixedClock } from '@hookstile/testing';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { KEPT_MS, REMOVED_MAX_BATCHES, REMOVED_MAX_ROWS } from './stats.bounds.js';
import { FakeStatsStore } from './stats.store.fake.js';
import { StatsRetention } from './stats-retention.js';

class OldCounts extends FakeStatsStore {
  readonly asked: [counted: string, beforeMs: number][] = [];

  constructor(private readonly left: Record<'minute' | 'hour', number>) {
    super(new FakeProjectionStore());
  }

  override async removeBefore(counted?: 'minute' | 'hour', beforeMs = 0, maxRows = 0): Promise<number> {
    if (!counted) throw new Error('which?');
    this.asked.push([counted, beforeMs]);
    const removed = Math.min(maxRows, this.left[counted]);
    this.left[counted] -= removed;
    return removed;
  }
}

const clock = fixedClock();
const retentionOf = (store: OldCounts) => new StatsRetention(store, clock, pino({ level: 'silent' }));

describe('the retention of statistics', () => {
  it('removes what nobody can ask for any more, by the minute and by the hour', async () => {
    const store = new OldCounts({ minute: REMOVED_MAX_ROWS + 1, hour: 7 });
    await retentionOf(store).run();
    expect(store.asked.map(([counted]) => counted)).toEqual(['minute', 'minute', 'hour']);
    for (const [counted, beforeMs] of store.asked) {
      expect(beforeMs).toBeLessThan(clock.nowMs() - KEPT_MS[counted === 'minute' ? 'minute' : 'day']);
    }
  });

  it('takes no more than its bound in one run, and goes on in the next', async () => {
    const store = new OldCounts({ minute: REMOVED_MAX_ROWS * REMOVED_MAX_BATCHES + 1, hour: 0 });
    const retention = retentionOf(store);
    await retention.run();
    expect(store.asked).toHaveLength(REMOVED_MAX_BATCHES + 1);
    await retention.run();
    expect(store.asked).toHaveLength(REMOVED_MAX_BATCHES + 3);
  });
});
