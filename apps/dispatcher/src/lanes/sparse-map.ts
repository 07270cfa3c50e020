const NONE = Symbol('none');

/**
 * A map for what thousands of integrations have, where most hold one entry or none: a `Map` takes 200 bytes however
 * little it holds. The first entry stands in the object itself; a second one makes a `Map`, until all are gone.
 */
export class SparseMap<K, V> {
  private onlyKey: K | typeof NONE = NONE;
  private onlyValue: V | undefined = undefined;
  private entries: Map<K, V> | null = null;

  get size(): number {
    if (this.entries !== null) return this.entries.size;
    return this.onlyKey === NONE ? 0 : 1;
  }

  get(key: K): V | undefined {
    if (this.entries !== null) return this.entries.get(key);
    return this.onlyKey === key ? this.onlyValue : undefined;
  }

  has(key: K): boolean {
    return this.entries !== null ? this.entries.has(key) : this.onlyKey === key;
  }

  set(key: K, value: V): void {
    if (this.entries === null && (this.onlyKey === NONE || this.onlyKey === key)) {
      this.onlyKey = key;
      this.onlyValue = value;
    } else this.several().set(key, value);
  }

  delete(key: K): boolean {
    if (this.entries !== null) {
      const deleted = this.entries.delete(key);
      if (this.entries.size === 0) this.entries = null;
      return deleted;
    }
    if (this.onlyKey !== key) return false;
    this.clear();
    return true;
  }

  clear(): void {
    this.onlyKey = NONE;
    this.onlyValue = undefined;
    this.entries = null;
  }

  *keys(): Generator<K> {
    for (const [key] of this) yield key;
  }

  *values(): Generator<V> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): Iterator<[K, V]> {
    return (this.entries ?? this.few())[Symbol.iterator]();
  }

  private several(): Map<K, V> {
    this.entries ??= new Map(this.few());
    this.onlyKey = NONE;
    this.onlyValue = undefined;
    return this.entries;
  }

  private few(): [K, V][] {
    return this.onlyKey === NONE ? [] : [[this.onlyKey, this.onlyValue as V]];
  }
}
