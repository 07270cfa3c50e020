import type {
  AggregateRef,
  Committed,
  EventStore,
  EventStoreTransaction,
  NewDomainEvent,
  OutboxRecord,
  StoredDomainEvent,
} from './event.store.js';
import { EventStoreError } from './event-store.error.js';
import { OUTBOX_BATCH_MAX_ROWS } from './outbox-relay.js';

/** What a fake read model needs to take part in a fake transaction: a way back. */
export interface FakeHandle {
  onRollback(undo: () => void): void;
}

export interface FakeOutboxRow {
  id: number;
  record: OutboxRecord;
}

/**
 * The event store in memory: transactions run one after another, and what a failed one did is undone. Nothing is ever
 * published.
 */
export class FakeEventStore implements EventStore<FakeHandle> {
  readonly outbox: FakeOutboxRow[] = [];
  private readonly streams = new Map<string, StoredDomainEvent[]>();
  private sequence = 0;
  private outboxId = 0;
  private last: Promise<unknown> = Promise.resolve();

  transaction<T>(work: (transaction: EventStoreTransaction<FakeHandle>) => Promise<T>): Promise<Committed<T>> {
    const run = this.last.then(() => this.run(work));
    this.last = run.catch(() => undefined);
    return run;
  }

  async read(ref: AggregateRef, after: number, limit: number): Promise<StoredDomainEvent[]> {
    await this.last;
    return this.streamOf(ref).slice(after, after + limit);
  }

  private async run<T>(work: (transaction: EventStoreTransaction<FakeHandle>) => Promise<T>): Promise<Committed<T>> {
    const undos: (() => void)[] = [];
    const outboxIds: number[] = [];
    const handle: FakeHandle = { onRollback: (undo) => undos.push(undo) };
    try {
      const result = await work({
        handle,
        outboxIds: async () => this.awaitedIds(outboxIds),
        lockShared: async () => undefined,
        lock: async () => undefined,
        begin: () => undefined,
        load: async (ref) => [...this.streamOf(ref)],
        append: async (ref, expectedVersion, events) => this.append(ref, expectedVersion, events, handle),
        enqueue: async (records) => {
          outboxIds.push(...this.enqueue(records, handle));
        },
      });
      return { result, outboxIds: this.awaitedIds(outboxIds) };
    } catch (error) {
      for (const undo of undos.reverse()) undo();
      throw error;
    }
  }

  private awaitedIds(own: readonly number[]): number[] {
    if (own.length > 0) return [...own];
    return this.outbox.slice(-OUTBOX_BATCH_MAX_ROWS - 1).map(({ id }) => id);
  }

  private append(
    ref: AggregateRef,
    expectedVersion: number,
    events: readonly NewDomainEvent[],
    handle: FakeHandle,
  ): StoredDomainEvent[] {
    const stream = this.streamOf(ref);
    if (events.length === 0) return [];
    if (stream.length !== expectedVersion) {
      throw new EventStoreError('version_conflict', `${ref.aggregate}:${ref.id} is at version ${stream.length}`);
    }
    const stored = events.map((event, index) => {
      this.sequence += 1;
      // What a database keeps of it: JSON.
      const kept: NewDomainEvent = JSON.parse(JSON.stringify(event));
      return { ...kept, sequence: this.sequence, version: expectedVersion + index + 1 };
    });
    stream.push(...stored);
    handle.onRollback(() => stream.splice(expectedVersion));
    return stored;
  }

  private enqueue(records: readonly OutboxRecord[], handle: FakeHandle): number[] {
    const before = this.outbox.length;
    for (const record of records) {
      this.outboxId += 1;
      this.outbox.push({ id: this.outboxId, record });
    }
    handle.onRollback(() => this.outbox.splice(before));
    return this.outbox.slice(before).map(({ id }) => id);
  }

  private streamOf(ref: AggregateRef): StoredDomainEvent[] {
    const name = `${ref.aggregate}:${ref.id}`;
    const stream = this.streams.get(name) ?? [];
    this.streams.set(name, stream);
    return stream;
  }
}
