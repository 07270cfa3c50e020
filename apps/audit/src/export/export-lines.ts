import type { TSchema } from 'typebox';
import { csvHeader, csvLine } from './csv.js';
import { exportColumnsOf } from './export-columns.js';
import type { ExportFormat } from './export-format.js';

/** How the items of a list look in a format. */
export interface ExportLines {
  contentType: string;
  /** Of the file's name. */
  extension: string;
  /** What stands before the first item. */
  beginning: string;
  lineOf(item: unknown): string;
}

const NDJSON: ExportLines = {
  contentType: 'application/x-ndjson; charset=utf-8',
  extension: 'ndjson',
  beginning: '',
  lineOf: (item) => `${JSON.stringify(item)}\n`,
};

export function exportLinesOf(format: ExportFormat, item: TSchema): ExportLines {
  if (format === 'ndjson') return NDJSON;
  const columns = exportColumnsOf(item);
  return {
    contentType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    beginning: csvHeader(columns.map(({ name }) => name)),
    lineOf: (of) => csvLine(columns.map(({ valueIn }) => valueIn(of))),
  };
}
