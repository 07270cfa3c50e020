import { describe, expect, it } from 'vitest';
import { Epochs } from './epochs.js';

describe('epochs', () => {
  it('make a row late only behind the first record of a higher epoch, whenever it is read', () => {
    const epochs = new Epochs([{ partition: 0, epoch: 2, firstOffset: 5 }]);
    expect(epochs.isLate(0, 1, 4)).toBe(false);
    expect(epochs.isLate(0, 1, 6)).toBe(true);
    expect(epochs.isLate(0, 2, 6)).toBe(false);
    expect(epochs.isLate(1, 1, 6)).toBe(false);
  });

  it('tell what was new to them', () => {
    const epochs = new Epochs([{ partition: 0, epoch: 2, firstOffset: 5 }]);
    epochs.see(0, 2, 7);
    epochs.see(0, 3, 9);
    epochs.see(0, 3, 10);
    expect(epochs.found).toEqual([{ partition: 0, epoch: 3, firstOffset: 9 }]);
  });

  it('begin at the lowest offset that was seen, though it is read last', () => {
    const epochs = new Epochs([{ partition: 0, epoch: 2, firstOffset: 10 }]);
    epochs.see(0, 2, 4);
    expect(epochs.isLate(0, 1, 6)).toBe(true);
    expect(epochs.found).toEqual([{ partition: 0, epoch: 2, firstOffset: 4 }]);
    epochs.see(0, 2, 7);
    expect(epochs.found).toEqual([{ partition: 0, epoch: 2, firstOffset: 4 }]);
  });
});
