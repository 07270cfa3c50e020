import { Assignment } from '../port/assignment.js';
import type { Position, TopicPartition } from '../port/records.js';

/** A record that a handler cannot take for good, and why; what stands before it in its partition is dealt with. */
export interface StoppedAt {
  partition: number;
  offset: number;
  reason: string;
}

/** What a handler resolves with where it had to stop partitions; the rest of the batch is dealt with. */
export interface BatchStop {
  stopped: readonly StoppedAt[];
}

/** The partitions that a handler's answer stops; any other answer stops none. */
export function stoppedIn(answer: unknown): readonly StoppedAt[] {
  return (answer as Partial<BatchStop> | null | undefined)?.stopped ?? [];
}

/** Behind what was dealt with: where a partition stopped, not behind it. */
export function positionsBefore(positions: readonly Position[], stopped: readonly StoppedAt[]): Position[] {
  return positions.map((position) => {
    const stop = stopped.find(({ partition }) => partition === position.partition);
    return stop ? { ...position, offset: stop.offset } : position;
  });
}

/** Partitions that stand still until a release comes that can read on, while the others go on. */
export class StoppedPartitions {
  private readonly stops = new Map<string, TopicPartition & StoppedAt>();

  add(topic: string, stop: StoppedAt): void {
    this.stops.set(Assignment.key({ topic, partition: stop.partition }), { ...stop, topic });
  }

  has(partition: TopicPartition): boolean {
    return this.stops.has(Assignment.key(partition));
  }

  /** A partition that goes to another member and comes back is read, and stopped, anew. */
  keepOnly(assignment: Assignment): void {
    for (const [key, partition] of this.stops) if (!assignment.has(partition)) this.stops.delete(key);
  }

  get partitions(): TopicPartition[] {
    return [...this.stops.values()].map(({ topic, partition }) => ({ topic, partition }));
  }

  /** Throws where one is stopped: the readiness of the reader. */
  check(): void {
    const [stop] = this.stops.values();
    if (stop) throw new Error(`${stop.topic}/${stop.partition} is stopped at offset ${stop.offset}: ${stop.reason}`);
  }
}
