import type { EncodedRecord, TopicName } from '@hookstile/contracts';

/** One stream: the domain events of one aggregate. */
export interface AggregateRef {
  aggregate: string;
  id: string;
}

export interface NewDomainEvent {
  type: string;
  /** RFC 3339 with milliseconds. */
  at: string;
  /** Of the form of `data`, from 1; the newest one that the aggregate knows. */
  schemaVersion: number;
  data: unknown;
  /** Who asked for it and in which request; no part of the aggregate's state. */
  metadata: unknown;
}

export interface StoredDomainEvent extends NewDomainEvent {
  /** Position in the store, rising with each append of one aggregate; other aggregates' may become visible out of order. */
  sequence: number;
  /** Version of the aggregate after this event, from 1. */
  version: number;
}

/** A record to be published once the transaction has committed. The topic is named without its prefix. */
export interface OutboxRecord extends EncodedRecord {
  topic: TopicName;
  partition: number;
}

/** What happens inside one transaction. `Handle` is what read models need to write in the same one. */
export interface EventStoreTransaction<Handle> {
  readonly handle: Handle;
  /** Waits for the aggregate's lock and keeps it until the end of the transaction; many may share it. */
  lockShared(ref: AggregateRef): Promise<void>;
  /** Waits for a lock that nobody else has and keeps it until the end of the transaction; it needs no stream. */
  lock(ref: AggregateRef): Promise<void>;
  /**
   * Says that the aggregate's id was made at random just now: nobody else can know it before the commit, so its stream is
   * empty and needs no lock. An id that was there all the same makes the append a `version_conflict`.
   */
  begin(ref: AggregateRef): void;
  /** Locks the aggregate against every other writer, then reads its stream, oldest first. */
  load(ref: AggregateRef): Promise<StoredDomainEvent[]>;
  /**
   * Appends to a stream whose version is `expectedVersion`; rejects with `EventStoreError` `version_conflict` otherwise.
   * Answers the domain events as a later `load` does, down to the order of members: what is made of them now is what a
   * fold makes of them later.
   */
  append(
    ref: AggregateRef,
    expectedVersion: number,
    events: readonly NewDomainEvent[],
  ): Promise<readonly StoredDomainEvent[]>;
  /** Puts records into the outbox; they are published in this order. */
  enqueue(records: readonly OutboxRecord[]): Promise<void>;
  /** What `Committed.outboxIds` would be if the transaction ended now: for whoever keeps it with an answer. */
  outboxIds(): Promise<readonly number[]>;
}

export interface Committed<T> {
  result: T;
  /**
   * The outbox rows of the transaction, by which `OutboxRelay.published` waits for them. Of one that put none there:
   * the newest rows that are not published yet, one more than a batch of the relay. Who finds nothing left to do may have
   * been told so by a change whose records are still on their way.
   */
  outboxIds: readonly number[];
}

export interface EventStore<Handle> {
  /** A page of one stream, oldest first, without its lock: what was committed behind the version `after`, 0 for all. */
  read(ref: AggregateRef, after: number, limit: number): Promise<StoredDomainEvent[]>;
  /** Commits when `work` resolves, leaves nothing when it rejects. Rejects with `busy` when a lock was not to be had in time. */
  transaction<T>(work: (transaction: EventStoreTransaction<Handle>) => Promise<T>): Promise<Committed<T>>;
}

/** Longest wait for an aggregate's lock; beyond it the writer is told to try again. */
export const LOCK_WAIT_MAX_MS = 5_000;

/** The token under which the event store is provided. */
export const EVENT_STORE = Symbol('EventStore');
