import type { OutgoingRecord, ReceivedRecord } from '../port/records.js';

/** One partition in memory. */
export class FakePartition {
  readonly records: ReceivedRecord[] = [];
  startOffset = 0;

  get endOffset(): number {
    return this.records.length;
  }

  from(offset: number, maxRecords = Number.POSITIVE_INFINITY): ReceivedRecord[] {
    const first = Math.max(offset, this.startOffset);
    return this.records.slice(first, first + maxRecords);
  }
}

/** Topics in memory; one that was not created gets the default partition count when it is first used. */
export class FakeLog {
  private readonly topics = new Map<string, FakePartition[]>();

  constructor(
    private readonly defaultPartitions: number,
    private readonly nowMs: () => number,
  ) {}

  create(topic: string, count: number): void {
    this.topics.set(
      topic,
      Array.from({ length: count }, () => new FakePartition()),
    );
  }

  partitionCount(topic: string): number | undefined {
    return this.topics.get(topic)?.length;
  }

  partitions(topic: string): readonly FakePartition[] {
    if (!this.topics.has(topic)) this.create(topic, this.defaultPartitions);
    return this.topics.get(topic) ?? [];
  }

  partition(topic: string, partition: number): FakePartition {
    const found = this.partitions(topic)[partition];
    if (!found) throw new RangeError(`topic ${topic} has no partition ${partition}`);
    return found;
  }

  append({ topic, partition, key, headers, value }: OutgoingRecord): number {
    const log = this.partition(topic, partition);
    const offset = log.endOffset;
    const received = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
    log.records.push({ topic, partition, offset, key, headers: received, value, timestampMs: this.nowMs() });
    return offset;
  }
}
