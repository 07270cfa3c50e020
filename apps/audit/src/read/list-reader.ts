import type { ListedRows, ListPosition, PageRequest } from './list-page.js';
import { type IndexedFilter, type ListPath, type Narrowing, pathsBy } from './list-paths.js';
import { countSql, type ListTable, type PageStatement, type PathColumns, pageSql } from './list-statement.js';
import { type ListSpan, type ListWindow, windowsOf } from './list-windows.js';
import { mergedPaths } from './merged-paths.js';
import type { ViewReader } from './view-reader.js';

/** Bounds of one page. */
export interface LookBounds {
  /** Rows that a path with filters looks at in one window before it gives up. */
  lookedMax: number;
  /** Entries of each index that are counted to find the one with the fewest. */
  countedMax: number;
}

const LOOK_BOUNDS: LookBounds = { lookedMax: 5_000, countedMax: 1_000 };

export interface ListQuestion {
  tenantId: string;
  span: ListSpan;
  page: PageRequest;
  /** Filters, perhaps other ones for each window. */
  narrowingIn(window: ListWindow): Promise<Narrowing> | Narrowing;
}

/**
 * Reads pages of lists with bounded work, whatever they are narrowed by: window by window, by the index that leads to
 * the fewest rows. A page may come short, even empty, and go on where it gave up.
 */
export class ListReader {
  constructor(
    private readonly views: ViewReader,
    private readonly bounds: LookBounds = LOOK_BOUNDS,
  ) {}

  /** Rows as the table's columns give them, up to one more than the page's limit. */
  async read<Row>(
    table: ListTable,
    { tenantId, span, page, narrowingIn }: ListQuestion,
    positionOf: (row: Row) => ListPosition,
  ): Promise<ListedRows<Row>> {
    const wanted = page.limit + 1;
    const rows: Row[] = [];
    for (const window of windowsOf(this.views.nowMs(), span, page.after)) {
      const { lookedMax } = this.bounds;
      const statement = { table, window, after: page.after, wanted: wanted - rows.length, lookedMax };
      const narrowing = await narrowingIn(window);
      const paths = pathsBy(await this.#fewest(tenantId, statement, narrowing.indexed), narrowing);
      const found = await this.#readWindow(tenantId, statement, paths, positionOf);
      rows.push(...found.rows);
      if (rows.length >= wanted) return { rows: rows.slice(0, wanted), stoppedAt: null };
      if (found.stoppedAt) return { rows, stoppedAt: found.stoppedAt };
    }
    return { rows, stoppedAt: null };
  }

  async #readWindow<Row>(
    tenantId: string,
    page: PageStatement,
    paths: readonly ListPath[],
    positionOf: (row: Row) => ListPosition,
  ) {
    const { statement, parameters } = pageSql(page, paths);
    const found = await this.views.read<Row & PathColumns>(tenantId, statement, parameters);
    const led = found.map((row) => {
      const { path_number: path, path_matched: matched, path_gave_up: gaveUp } = row;
      return { path, matched, gaveUp, row: row as Row, position: positionOf(row) };
    });
    return mergedPaths(led, page.wanted);
  }

  async #fewest(
    tenantId: string,
    page: PageStatement,
    filters: readonly IndexedFilter[],
  ): Promise<IndexedFilter | null> {
    const [only = null, ...others] = filters;
    if (others.length === 0) return only;
    const { statement, parameters } = countSql(
      page,
      filters.map(({ paths }) => paths),
      this.bounds.countedMax,
    );
    const [counted] = await this.views.read<{ counts: number[] }>(tenantId, statement, parameters);
    const counts = counted?.counts ?? [];
    return filters[counts.indexOf(Math.min(...counts))] ?? only;
  }
}
