import { PAGE_MAX_ROWS } from './tail.bounds.js';
import type { TailRow, TailStore } from './tail.store.js';
import { attemptMessage } from './tail-message.js';
import { endOf } from './tail-position.js';
import type { TailStream } from './tail-stream.js';

/** How a stream came out of catching up. */
export type CaughtUp = 'done' | 'closed' | 'slow';

/** Brings streams that are behind up to a flush, each at its reader's pace; reads are made one at a time. */
export class CatchUp {
  #lastRead: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: TailStore,
    private readonly nowMs: () => number,
  ) {}

  async run(stream: TailStream, until: number): Promise<CaughtUp> {
    for (;;) {
      const rows = await this.#read(stream, until);
      const ended = await this.#show(stream, rows);
      if (ended) return ended;
      if (rows.length < PAGE_MAX_ROWS) break;
    }
    stream.position = endOf(until);
    return 'done';
  }

  async #show(stream: TailStream, rows: readonly TailRow[]): Promise<Exclude<CaughtUp, 'done'> | null> {
    for (const row of rows) {
      if (!stream.isOpen) return 'closed';
      stream.show(row, () => attemptMessage(row, this.nowMs()));
      if (stream.isFull && !(await stream.drained())) return stream.isOpen ? 'slow' : 'closed';
    }
    return null;
  }

  /** After a restart all readers come back at once, and would otherwise take every connection to the store. */
  #read(stream: TailStream, until: number): Promise<TailRow[]> {
    const read = this.#lastRead.then(() =>
      this.store.behind([stream.reader.tenantId], stream.position, until, PAGE_MAX_ROWS),
    );
    this.#lastRead = read.catch(() => undefined);
    return read;
  }
}
