import { type NamedSchema, type OperationReference, pageOf, type QueryParameter } from '@hookstile/service-runtime';
import { type TSchema, Type } from 'typebox';
import type { ExportFormat } from './export-format.js';
import { exportLinesOf } from './export-lines.js';

/** What every list takes beside its filters. */
export const FORMAT_PARAMETER: Record<'format', QueryParameter> = {
  format: {
    schema: Type.Enum(['json', 'csv', 'ndjson']),
    description:
      'Instead of `Accept`. With csv or ndjson the answer is the whole list: `limit` and `cursor` are refused.',
  },
};

const Csv = Type.String({
  description:
    'The whole list, a line an item and one of their names above. An apostrophe stands before what a spreadsheet would take for a formula.',
});
const Ndjson = Type.String({ description: 'The whole list: each line is an item as the page has it.' });

/** As what else a list is given. */
export const EXPORTED: Readonly<Record<string, NamedSchema>> = {
  'text/csv': { name: 'Csv', schema: Csv },
  'application/x-ndjson': { name: 'Ndjson', schema: Ndjson },
};

/** What a list with these items is in a format. */
export function exportedExample(format: ExportFormat, item: TSchema, items: readonly unknown[]): string {
  const { beginning, lineOf } = exportLinesOf(format, item);
  return beginning + items.map(lineOf).join('');
}

/** How a list is refused besides. */
export const EXPORT_REFUSALS = ['not_acceptable'];

/** What the API reference says of a list: page by page, or as a whole. `name` is the page's. */
export function exportedList<Filters extends Record<string, QueryParameter>>(
  filters: Filters,
  name: string,
  item: TSchema,
) {
  return {
    query: { ...filters, ...FORMAT_PARAMETER },
    isPaged: true,
    refusals: EXPORT_REFUSALS,
    answers: [{ status: 200, description: 'A page', body: { name, schema: pageOf(item) }, alsoAs: EXPORTED }],
  } satisfies Partial<OperationReference>;
}
