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

  /** While a reader is waited for, none of what was read for it stays in memory: it is read again. */
  async run(stream: TailStream, until: number): Promise<CaughtUp> {
    for (let limit = PAGE_MAX_ROWS; stream.isOpen; ) {
      const { shown, isLast } = await this.#showPage(stream, until, limit);
      if (stream.isFull && !(await stream.drained())) return stream.isOpen ? 'slow' : 'closed';
      if (isLast) {
        stream.position = endOf(until);
        return 'done';
      }
      // About what a slow reader takes at a time, so that little is read twice.
      limit = Math.min(2 * Math.max(shown, 1), PAGE_MAX_ROWS);
    }
    return 'closed';
  }

  async #showPage(stream: TailStream, until: number, limit: number): Promise<{ shown: number; isLast: boolean }> {
    const rows = await this.#read(stream, until, limit);
    let shown = 0;
    for (const row of rows) {
      if (stream.isFull || !stream.isOpen) break;
      stream.show(row, () => attemptMessage(row, this.nowMs()));
      shown += 1;
    }
    return { shown, isLast: shown === rows.length && rows.length < limit };
  }

  /** After a restart all readers come back at once, and would otherwise take every connection to the store. */
  #read(stream: TailStream, until: number, limit: number): Promise<TailRow[]> {
    const read = this.#lastRead.then(() => this.store.behind([stream.reader.tenantId], stream.position, until, limit));
    this.#lastRead = read.catch(() => undefined);
    return read;
  }
}
