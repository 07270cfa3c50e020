export interface MemoryBounds {
  maxCount: number;
  maxBytes: number;
}

/** What is not fetched at present. */
export interface Pressure {
  /** Partitions that have more than their share, while there is little room. */
  readonly heavy: ReadonlySet<number>;
  /** There is no room at all. */
  readonly isFull: boolean;
}

interface Held {
  count: number;
  bytes: number;
}

/** Above this part of the bounds partitions are held to their shares of it. */
const CROWDED_PART = 0.5;
/** Below it, all are fetched again. */
const CALM_PART = 0.3;
/** One that was heavy is fetched again with so much of its share, whatever the others have. */
const LIGHT_PART = 0.5;
/** Below this part of the bounds, what paused because there was no room goes on. */
const RESUME_PART = 0.6;

/**
 * Deliveries in the lanes' memory, over all partitions. Where there is little room, partitions that have more than their
 * share pause, so that a tenant who sends much at once holds up none but what lies in partitions with its integrations;
 * beyond the bounds all do.
 */
export class Memory implements Pressure {
  private readonly held = new Map<number, Held>();
  private readonly all: Held = { count: 0, bytes: 0 };
  private readonly paused = new Set<number>();
  private full = false;

  constructor(
    private readonly bounds: MemoryBounds,
    private readonly onPressure: (pressure: Pressure) => void,
  ) {}

  get deliveries(): number {
    return this.all.count;
  }

  get heavy(): ReadonlySet<number> {
    return this.paused;
  }

  get isFull(): boolean {
    return this.full;
  }

  /** Whether anybody is not fetched, so that who is slow is to make room. */
  get isShort(): boolean {
    return this.full || this.paused.size > 0;
  }

  change(partition: number, count: number, bytes: number): void {
    const own = this.held.get(partition) ?? { count: 0, bytes: 0 };
    for (const held of [own, this.all]) {
      held.count += count;
      held.bytes += bytes;
    }
    if (own.count > 0) this.held.set(partition, own);
    else this.held.delete(partition);
    if (this.weigh(partition, own)) this.onPressure(this);
  }

  /** Whether something is fetched now that was not before, or the other way round. */
  private weigh(partition: number, own: Held): boolean {
    const part = this.partOf(this.all);
    const isFull = this.full ? part > RESUME_PART : part > 1;
    const isChanged = isFull !== this.full;
    this.full = isFull;
    return this.weighPartition(partition, this.partOf(own), part) || isChanged;
  }

  private weighPartition(partition: number, ownPart: number, part: number): boolean {
    const share = CROWDED_PART / Math.max(1, this.held.size);
    if (part > CROWDED_PART && ownPart > share && !this.paused.has(partition)) {
      this.paused.add(partition);
      return true;
    }
    if (part <= CALM_PART && this.paused.size > 0) {
      this.paused.clear();
      return true;
    }
    return ownPart <= share * LIGHT_PART && this.paused.delete(partition);
  }

  private partOf({ count, bytes }: Held): number {
    return Math.max(count / this.bounds.maxCount, bytes / this.bounds.maxBytes);
  }
}
