import type { ListedRows, ListPosition, PageRequest } from '../read/list-page.js';
import { PAGE_FIRST_ROWS, PAGE_GROWTH_MAX, PAGE_MAX_ROWS, PAGE_MIN_ROWS, PAGE_TARGET_BYTES } from './export.bounds.js';

/** How a list is gone through from its beginning to its end. */
export interface WholeList<Row> {
  /** For lists with rows that may be very large: whatever small rows a page before had. */
  pageMaxRows?: number;
  read(page: PageRequest): Promise<ListedRows<Row>>;
  positionOf(row: Row): ListPosition;
}

/** How many rows make a page of about the same size, whatever a row has. */
export class PageSize {
  #rows: number;

  constructor(private readonly maxRows = PAGE_MAX_ROWS) {
    this.#rows = Math.min(PAGE_FIRST_ROWS, maxRows);
  }

  get rows(): number {
    return this.#rows;
  }

  shown(rows: number, bytes: number): void {
    const fitting = Math.floor((PAGE_TARGET_BYTES * rows) / Math.max(bytes, 1));
    const most = Math.min(this.#rows * PAGE_GROWTH_MAX, this.maxRows);
    this.#rows = Math.max(PAGE_MIN_ROWS, Math.min(fitting, most));
  }
}

/** The pages of a list; the next is being read while one is shown. */
export class ExportPages<Row> {
  #next: Promise<ListedRows<Row>>;
  #limit: number;

  /** Begins to read at once. */
  constructor(
    private readonly list: WholeList<Row>,
    private readonly size: PageSize,
  ) {
    this.#limit = size.rows;
    this.#next = this.#read(null);
  }

  /** Resolves when the first page was read; rejects where it cannot be. */
  async begun(): Promise<void> {
    await this.#next;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly Row[]> {
    for (;;) {
      const { rows: found, stoppedAt } = await this.#next;
      const rows = found.slice(0, this.#limit);
      const last = rows.at(-1);
      const end = last && found.length > rows.length ? this.list.positionOf(last) : stoppedAt;
      if (end) this.#next = this.#read(end);
      yield rows;
      if (!end) return;
    }
  }

  #read(after: ListPosition | null): Promise<ListedRows<Row>> {
    this.#limit = this.size.rows;
    const page = this.list.read({ limit: this.#limit, after });
    // Nobody waits for it any more where the export ends before.
    page.catch(() => undefined);
    return page;
  }
}
