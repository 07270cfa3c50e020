/** What `configuration` says of each key: the version of its last record, and the highest that ever was there. */
export class TopicVersions {
  private readonly last = new Map<string, number>();
  private readonly highest = new Map<string, number>();
  private readonly fallen = new Set<string>();
  /** The versions that keys which had fallen back ended with when they were written again. */
  private readonly rewrittenAt = new Map<string, number>();

  /** Records a key's next record in the topic's order. */
  add(key: string, version: number): void {
    const highest = Math.max(this.highest.get(key) ?? 0, version);
    this.last.set(key, version);
    this.highest.set(key, highest);
    if (version < highest) {
      this.fallen.add(key);
    } else {
      this.fallen.delete(key);
      this.rewrittenAt.delete(key);
    }
  }

  /**
   * A key that fell back is written again. Where that leaves it as it is, the database itself was restored to before what
   * the topic has: to write it each second would fill the topic, and put nothing right.
   */
  rewritten(key: string): void {
    this.rewrittenAt.set(key, this.lastOf(key));
  }

  lastOf(key: string): number {
    return this.last.get(key) ?? 0;
  }

  /** Keys whose last record is older than one before it: a new reader of the compacted topic would see the old state. */
  get fallenBack(): readonly string[] {
    return [...this.fallen].filter((key) => this.rewrittenAt.get(key) !== this.lastOf(key));
  }
}
