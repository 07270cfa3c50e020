import { Assignment } from '../port/assignment.js';
import type { Subscription, SubscriptionOptions } from '../port/messaging.js';
import type { Position, TopicPartition } from '../port/records.js';
import type { FakeLog } from './fake-log.js';

const BATCH_MAX_RECORDS = 500;

/** Offsets and members of one consumer group; every change of membership assigns all partitions anew. */
export class FakeGroup {
  readonly committed = new Map<string, number>();
  private members: FakeSubscription[] = [];

  constructor(readonly log: FakeLog) {}

  join(options: SubscriptionOptions): FakeSubscription {
    const member = new FakeSubscription(this, options);
    this.members.push(member);
    this.rebalance();
    return member;
  }

  leave(member: FakeSubscription): void {
    this.members = this.members.filter((other) => other !== member);
    this.rebalance();
  }

  rebalance(): void {
    const assigned = new Map(this.members.map((member) => [member, [] as TopicPartition[]]));
    for (const topic of new Set(this.members.flatMap(({ options }) => options.topics))) {
      const takers = this.members.filter(({ options }) => options.topics.includes(topic));
      for (const [partition] of this.log.partitions(topic).entries()) {
        const taker = takers[partition % takers.length];
        if (taker) assigned.get(taker)?.push({ topic, partition });
      }
    }
    for (const [member, partitions] of assigned) member.assign(new Assignment(partitions));
  }

  wake(): void {
    for (const member of this.members) member.wake();
  }
}

export class FakeSubscription implements Subscription {
  private current = new Assignment();
  private readonly positions = new Map<string, number>();
  private readonly paused = new Set<string>();
  private stopped = false;
  private waking = false;

  constructor(
    private readonly group: FakeGroup,
    readonly options: SubscriptionOptions,
  ) {}

  get assignment(): readonly TopicPartition[] {
    return this.current.partitions;
  }

  assign(assignment: Assignment): void {
    this.current = assignment;
    this.positions.clear();
    this.paused.clear();
    this.options.onAssignment(assignment.partitions);
    this.wake();
  }

  async commit(positions: readonly Position[]): Promise<void> {
    if (this.stopped) return;
    for (const position of this.current.only(positions)) {
      this.group.committed.set(Assignment.key(position), position.offset);
    }
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.paused.add(Assignment.key(partition));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.paused.delete(Assignment.key(partition));
    this.wake();
  }

  seek(position: Position): void {
    this.positions.set(Assignment.key(position), position.offset);
    this.wake();
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.current = new Assignment();
    this.group.leave(this);
  }

  /** Delivers in a later microtask, as a broker's answer never comes within the call. */
  wake(): void {
    if (this.waking || this.stopped) return;
    this.waking = true;
    queueMicrotask(() => {
      this.waking = false;
      for (const partition of this.current.partitions) this.deliver(partition);
    });
  }

  private deliver({ topic, partition }: TopicPartition): void {
    const key = Assignment.key({ topic, partition });
    if (this.stopped || this.paused.has(key) || !this.current.has({ topic, partition })) return;
    const log = this.group.log.partition(topic, partition);
    const position = this.positionOf(key, log.endOffset);
    const records = log.from(position, BATCH_MAX_RECORDS);
    const last = records.at(-1);
    if (!last) return;
    this.positions.set(key, last.offset + 1);
    this.options.onBatch({ topic, partition, records, highWatermark: log.endOffset });
    this.wake();
  }

  private positionOf(key: string, endOffset: number): number {
    const known = this.positions.get(key) ?? this.group.committed.get(key);
    if (known !== undefined) return known;
    const start = this.options.from === 'beginning' ? 0 : endOffset;
    this.positions.set(key, start);
    return start;
  }
}
