import type { Position, TopicPartition } from './records.js';

/** The partitions that a group gave to this member. */
export class Assignment {
  private readonly keys: ReadonlySet<string>;

  constructor(readonly partitions: readonly TopicPartition[] = []) {
    this.keys = new Set(partitions.map(Assignment.key));
  }

  static of(byTopic: Readonly<Record<string, readonly number[]>>): Assignment {
    return new Assignment(
      Object.entries(byTopic).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition }))),
    );
  }

  has(partition: TopicPartition): boolean {
    return this.keys.has(Assignment.key(partition));
  }

  only(positions: readonly Position[]): Position[] {
    return positions.filter((position) => this.has(position));
  }

  static key({ topic, partition }: TopicPartition): string {
    return `${partition}/${topic}`;
  }
}

/** As kafkajs wants partitions: grouped by topic. */
export function byTopic(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  const grouped = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    const numbers = grouped.get(topic);
    if (numbers) numbers.push(partition);
    else grouped.set(topic, [partition]);
  }
  return [...grouped].map(([topic, numbers]) => ({ topic, partitions: numbers }));
}
