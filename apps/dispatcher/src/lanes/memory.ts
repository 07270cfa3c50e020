export interface MemoryBounds {
  maxCount: number;
  maxBytes: number;
}

/** Below this part of the bounds, what was paused goes on. */
const RESUME_PART = 0.6;

/** Deliveries in the lanes' memory, over all partitions; beyond the bounds the partitions pause. */
export class Memory {
  private count = 0;
  private bytes = 0;
  private paused = false;

  constructor(
    private readonly bounds: MemoryBounds,
    private readonly onPressure: (paused: boolean) => void,
  ) {}

  get deliveries(): number {
    return this.count;
  }

  get short(): boolean {
    return this.paused;
  }

  change(count: number, bytes: number): void {
    this.count += count;
    this.bytes += bytes;
    const part = Math.max(this.count / this.bounds.maxCount, this.bytes / this.bounds.maxBytes);
    const paused = this.paused ? part > RESUME_PART : part > 1;
    if (paused === this.paused) return;
    this.paused = paused;
    this.onPressure(paused);
  }
}
