import { describe, expect, it } from 'vitest';
import { PublicationWaits } from './publication-waits.js';

describe('waits for publication', () => {
  it('end when the row is published, for each who waits', () => {
    const waits = new PublicationWaits();
    let done = 0;
    waits.add(7, () => {
      done += 1;
    });
    waits.add(7, () => {
      done += 1;
    });
    waits.published([6]);
    expect(done).toBe(0);
    waits.published([7]);
    expect(done).toBe(2);
    expect(waits.ids).toEqual([]);
  });

  it('end at once when the row was published just before', () => {
    const waits = new PublicationWaits();
    waits.published([7]);
    let done = false;
    waits.add(7, () => {
      done = true;
    });
    expect(done).toBe(true);
  });

  it('leave nothing behind when somebody stops waiting', () => {
    const waits = new PublicationWaits();
    let done = false;
    const stop = waits.add(7, () => {
      done = true;
    });
    stop();
    expect(waits.ids).toEqual([]);
    waits.published([7]);
    expect(done).toBe(false);
  });
});
