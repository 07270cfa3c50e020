import { Assignment } from '../port/assignment.js';
import type { MessagingLogger } from '../port/messaging-logger.js';
import type { Position } from '../port/records.js';

/** Gathers what handlers have finished and commits it at most once an interval; a crash replays that much. */
export class Commits {
  private readonly due = new Map<string, Position>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly commit: (positions: readonly Position[]) => Promise<void>,
    private readonly intervalMs: number,
    private readonly logger: MessagingLogger,
  ) {}

  add(positions: readonly Position[]): void {
    for (const position of positions) this.due.set(Assignment.key(position), position);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, this.intervalMs);
  }

  /** A position of a partition that went to another member must not be committed when it comes back. */
  keepOnly(assignment: Assignment): void {
    for (const [key, position] of this.due) if (!assignment.has(position)) this.due.delete(key);
  }

  /** A commit that fails stays due unless a newer one has taken its place. */
  async flush(): Promise<void> {
    const positions = [...this.due.values()];
    this.due.clear();
    if (positions.length === 0) return;
    try {
      await this.commit(positions);
    } catch (error) {
      this.logger.warn({ err: error }, 'offsets were not committed; trying again');
      this.add(positions.filter((position) => !this.due.has(Assignment.key(position))));
    }
  }

  async close(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    await this.flush();
    if (this.timer) clearTimeout(this.timer);
  }
}
