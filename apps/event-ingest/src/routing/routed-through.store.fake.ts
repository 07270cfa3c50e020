import type { RoutedThroughStore } from './routed-through.store.js';

export class FakeRoutedThroughStore implements RoutedThroughStore {
  private readonly offsets = new Map<number, number>();

  async load(): Promise<Map<number, number>> {
    return new Map(this.offsets);
  }

  async save(offsets: ReadonlyMap<number, number>): Promise<void> {
    for (const [partition, offset] of offsets) {
      this.offsets.set(partition, Math.max(offset, this.offsets.get(partition) ?? 0));
    }
  }
}
