import { Readable } from 'node:stream';
import { type FilterReader, type ListQuery, ProblemError, parseListQuery } from '@hookstile/service-runtime';
import type { TSchema } from 'typebox';
import { type ExportFormat, listFormatOf } from '../export/export-format.js';
import { type ExportLines, exportLinesOf } from '../export/export-lines.js';
import type { ExportReader, Exports } from '../export/exports.js';
import type { ListStores } from '../export/snapshot.store.js';
import {
  type ListedRows,
  type ListPosition,
  type Page,
  type PageRequest,
  pageOf,
  pageRequestOf,
} from '../read/list-page.js';

interface ListStore<Filters, Row> {
  list(tenantId: string, filters: Filters, page: PageRequest): Promise<ListedRows<Row>>;
}

/** What makes a list: its filters, where its rows are, where one stands in it, and how one is shown. */
export interface ListDefinition<Filters extends Record<string, FilterReader>, Row, Item> {
  /** Such as `event-log`: of its exports. */
  name: string;
  filters: Filters;
  storeOf(stores: ListStores): ListStore<ListQuery<Filters>['filters'], Row>;
  positionOf(row: Row): ListPosition;
  item: TSchema;
  itemOf(row: Row): Item;
  /** Where an item may be very large: as many are in a page of an export at most. */
  exportPageMaxRows?: number;
}

/** A request of a list route. */
export interface ListRequest extends ExportReader {
  query: Readonly<Record<string, unknown>>;
  accept: string | undefined;
}

/** A whole list, for the reader to keep. */
export interface ListFile {
  name: string;
  contentType: string;
  bytes: Readable;
}

const PAGE_ONLY = ['limit', 'cursor'];

/** What makes an answer with a bounded number of items, which has no pages. */
export interface WholeDefinition<Whole extends { items: readonly unknown[] }> {
  name: string;
  item: TSchema;
  read(tenantId: string, query: unknown): Promise<Whole>;
}

/** Answers list routes: with a page, or with all of it in another format. */
export class Lists {
  constructor(
    private readonly stores: ListStores,
    private readonly exports: Exports,
    private readonly nowMs: () => number,
  ) {}

  async answer<Filters extends Record<string, FilterReader>, Row, Item>(
    definition: ListDefinition<Filters, Row, Item>,
    request: ListRequest,
  ): Promise<Page<Item> | ListFile> {
    const { format: parameter, ...query } = request.query;
    const format = listFormatOf(parameter, request.accept);
    return format === 'json'
      ? this.#page(definition, request.tenantId, query)
      : this.#export(definition, request, query, format);
  }

  async answerWhole<Whole extends { items: readonly unknown[] }>(
    { name, item, read }: WholeDefinition<Whole>,
    { tenantId, accept, query: { format: parameter, ...query } }: ListRequest,
  ): Promise<Whole | ListFile> {
    const format = listFormatOf(parameter, accept);
    const whole = await read(tenantId, query);
    if (format === 'json') return whole;
    const lines = exportLinesOf(format, item);
    const text = lines.beginning + whole.items.map((one) => lines.lineOf(one)).join('');
    return this.#fileOf(name, lines, Readable.from([Buffer.from(text)]));
  }

  async #page<Filters extends Record<string, FilterReader>, Row, Item>(
    { filters: readers, storeOf, positionOf, itemOf }: ListDefinition<Filters, Row, Item>,
    tenantId: string,
    query: unknown,
  ): Promise<Page<Item>> {
    const { filters, ...listQuery } = parseListQuery(query, readers);
    const page = pageRequestOf(listQuery);
    return pageOf(await storeOf(this.stores).list(tenantId, filters, page), page.limit, positionOf, itemOf);
  }

  async #export<Filters extends Record<string, FilterReader>, Row, Item>(
    {
      name,
      filters: readers,
      storeOf,
      positionOf,
      item,
      itemOf,
      exportPageMaxRows,
    }: ListDefinition<Filters, Row, Item>,
    request: ListRequest,
    query: object,
    format: ExportFormat,
  ): Promise<ListFile> {
    const pageOnly = PAGE_ONLY.find((parameter) => Object.hasOwn(query, parameter));
    if (pageOnly !== undefined) throw new ProblemError('malformed', `${pageOnly}: an export has no pages`);
    const { filters } = parseListQuery(query, readers);
    const lines = exportLinesOf(format, item);
    const source = {
      name,
      beginning: lines.beginning,
      lineOf: (row: Row) => lines.lineOf(itemOf(row)),
      of: (stores: ListStores) => ({
        read: (page: PageRequest) => storeOf(stores).list(request.tenantId, filters, page),
        positionOf,
        ...(exportPageMaxRows !== undefined && { pageMaxRows: exportPageMaxRows }),
      }),
    };
    return this.#fileOf(name, lines, await this.exports.open(source, request));
  }

  #fileOf(name: string, { extension, contentType }: ExportLines, bytes: Readable): ListFile {
    return { name: `hookstile-${name}-${compactTime(this.nowMs())}.${extension}`, contentType, bytes };
  }
}

/** `20260102T030405Z` */
function compactTime(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
