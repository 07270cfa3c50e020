import { setTimeout as sleep } from 'node:timers/promises';
import { topicName } from '@hookstile/contracts';
import { type Messaging, MessagingError, type ReceivedRecord, type RecordReader } from '@hookstile/messaging';
import type { PayloadMask } from '@hookstile/service-runtime';
import { PROJECTED_TOPICS, type ProjectedTopic } from '../project/project-record.js';
import type { ProjectionStore } from '../projection/projection.store.js';
import { writeBatches } from '../projection/write-batches.js';
import type { LogStart } from './log-horizon.js';
import { BATCH_MAX_BYTES, BATCH_MAX_RECORDS, EMPTY_READ_DELAY_MS, EMPTY_READS_MAX } from './rebuild.bounds.js';

export interface TopicPartition {
  topic: ProjectedTopic;
  partition: number;
}

/** Next offsets, by `placeKey`. */
export type Places = ReadonlyMap<string, number>;

export const placeKey = ({ topic, partition }: { topic: string; partition: number }) => `${topic}:${partition}`;

export interface ShadowFeedOptions {
  messaging: Pick<Messaging, 'reader' | 'startOffset' | 'endOffset'>;
  prefix: string;
  partitionCount: number;
  store: ProjectionStore;
  mask: PayloadMask;
  nowMs(): number;
  /** Before what came empty is read once more. */
  emptyReadDelayMs?: number;
}

/** Reads the projected topics from where their logs begin, as far as it is told to, into the shadow. */
export class ShadowFeed {
  readonly #next = new Map<string, number>();
  readonly #partitions: readonly TopicPartition[];
  readonly #reader: RecordReader;
  /** Records so far. */
  count = 0;

  constructor(private readonly options: ShadowFeedOptions) {
    this.#reader = options.messaging.reader();
    const partitions = Array.from({ length: options.partitionCount }, (_, partition) => partition);
    this.#partitions = PROJECTED_TOPICS.flatMap((topic) => partitions.map((partition) => ({ topic, partition })));
  }

  /** Finds where each log begins; to be called first. */
  async begin(): Promise<LogStart[]> {
    const starts: LogStart[] = [];
    for (const place of this.#partitions) {
      const offset = await this.options.messaging.startOffset(this.#full(place));
      this.#next.set(placeKey(place), offset);
      const [first] = offset > 0 ? await this.#reader.readFrom({ ...this.#full(place), offset }) : [];
      starts.push({ ...place, offset, atMs: first?.timestampMs ?? this.options.nowMs() });
    }
    return starts;
  }

  /** Where each log ends at present. */
  async ends(): Promise<Map<string, number>> {
    const ends = new Map<string, number>();
    for (const place of this.#partitions) {
      ends.set(placeKey(place), await this.options.messaging.endOffset(this.#full(place)));
    }
    return ends;
  }

  /** Records between where the shadow stands and these places. */
  gapTo(places: Places): number {
    let gap = 0;
    for (const [key, place] of places) gap += Math.max(0, place - (this.#next.get(key) ?? 0));
    return gap;
  }

  /**
   * Rejects where a newer release wrote a record, where retention has overtaken the reader, and where the log does not
   * reach there: rows whose records were merely not read would be taken for wrong, and a repair would delete them.
   */
  async readTo(places: Places): Promise<void> {
    for (const place of this.#partitions) await this.#readPartition(place, places.get(placeKey(place)) ?? 0);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  async #readPartition(place: TopicPartition, to: number): Promise<void> {
    const key = placeKey(place);
    let waiting: ReceivedRecord[] = [];
    let bytes = 0;
    for (let offset = this.#next.get(key) ?? 0; offset < to; ) {
      const read = await this.#recordsFrom(place, offset);
      const wanted = read.filter((record) => record.offset < to);
      waiting.push(...wanted);
      bytes += wanted.reduce((sum, record) => sum + (record.value?.length ?? 0), 0);
      offset = wanted.length < read.length ? to : (read.at(-1)?.offset ?? offset) + 1;
      if (offset < to && waiting.length < BATCH_MAX_RECORDS && bytes < BATCH_MAX_BYTES) continue;
      await this.#write(place.topic, waiting);
      this.#next.set(key, offset);
      [waiting, bytes] = [[], 0];
    }
  }

  /** An empty answer says nothing: brokers give it to who reads too much, too. So it is asked for again. */
  async #recordsFrom(place: TopicPartition, offset: number): Promise<readonly ReceivedRecord[]> {
    const position = { ...this.#full(place), offset };
    for (let reads = 1; reads <= EMPTY_READS_MAX; reads += 1) {
      const read = await this.#reader.readFrom(position);
      if (read.length > 0) return read;
      await sleep(this.options.emptyReadDelayMs ?? EMPTY_READ_DELAY_MS);
    }
    const text = `nothing came of ${position.topic}/${position.partition} at ${offset}, where audit has read further`;
    throw new MessagingError('broker_unavailable', text, true);
  }

  async #write(topic: ProjectedTopic, records: readonly ReceivedRecord[]): Promise<void> {
    if (records.length === 0) return;
    const { store, mask } = this.options;
    const { stopped } = await writeBatches(store, [{ topic, records }], mask);
    for (const errors of stopped.values()) for (const error of errors) throw error;
    this.count += records.length;
  }

  #full({ topic, partition }: TopicPartition) {
    return { topic: topicName(this.options.prefix, topic), partition };
  }
}
