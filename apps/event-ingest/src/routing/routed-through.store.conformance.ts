import { expect, test } from 'vitest';
import type { RoutedThroughStore } from './routed-through.store.js';

/** What every store of routed-through offsets must do. `open` gives an empty one. */
export function routedThroughStoreConformance(open: () => Promise<RoutedThroughStore>): void {
  test('loads what was saved, by partition', async () => {
    const store = await open();
    expect(await store.load()).toEqual(new Map());
    await store.save(
      new Map([
        [7, 2 ** 40],
        [0, 1],
      ]),
    );
    await store.save(new Map([[1, 5]]));
    expect(await store.load()).toEqual(
      new Map([
        [0, 1],
        [1, 5],
        [7, 2 ** 40],
      ]),
    );
  });

  test('never lowers an offset', async () => {
    const store = await open();
    await store.save(
      new Map([
        [0, 9],
        [1, 1],
      ]),
    );
    await store.save(
      new Map([
        [0, 8],
        [1, 2],
      ]),
    );
    expect(await store.load()).toEqual(
      new Map([
        [0, 9],
        [1, 2],
      ]),
    );
  });

  test('saves nothing without complaint', async () => {
    await (await open()).save(new Map());
  });
}
