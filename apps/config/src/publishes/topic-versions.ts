/** What `configuration` says of each key: the version of its last record, and the highest that ever was there. */
export class TopicVersions {
  private readonly last = new Map<string, number>();
  private readonly highest = new Map<string, number>();
  private readonly fallen = new Set<string>();

  /** Records a key's next record in the topic's order. */
  add(key: string, version: number): void {
    const highest = Math.max(this.highest.get(key) ?? 0, version);
    this.last.set(key, version);
    this.highest.set(key, highest);
    if (version < highest) this.fallen.add(key);
    else this.fallen.delete(key);
  }

  lastOf(key: string): number {
    return this.last.get(key) ?? 0;
  }

  /** Keys whose last record is older than one before it: a new reader of the compacted topic would see the old state. */
  get fallenBack(): readonly string[] {
    return [...this.fallen];
  }
}
