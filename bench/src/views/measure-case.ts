import type { FilterCase } from './filter-cases.ts';

const PAGE = 50;

export interface AuditApi {
  url: string;
  adminKey: string;
}

export interface CaseTimes {
  list: FilterCase['list'];
  name: string;
  /** Milliseconds of each first page, and of each page from somewhere inside. */
  firstMs: Float64Array;
  deepMs: Float64Array;
  /** Of all pages: that were shorter than asked for and had a cursor, and rows. */
  shortPages: number;
  rows: number;
}

interface PageRead {
  ms: number;
  rows: number;
  isShort: boolean;
}

async function readPage(api: AuditApi, path: string, tenantId: string): Promise<PageRead> {
  const startedAt = performance.now();
  const response = await fetch(`${api.url}${path}`, {
    headers: { authorization: `Bearer ${api.adminKey}`, 'hookstile-tenant': tenantId },
  });
  const body = (await response.json()) as { items: unknown[]; nextCursor: string | null };
  const ms = performance.now() - startedAt;
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(body)}`);
  return { ms, rows: body.items.length, isShort: body.nextCursor !== null && body.items.length < PAGE };
}

/** A cursor of the lists is the base64url of `[time, key]`: this one goes on behind a moment of the drawn days. */
function cursorAt(ms: number): string {
  return Buffer.from(JSON.stringify([ms, ''])).toString('base64url');
}

/** `moment` draws the place of a page inside the list. */
export async function measureCase(
  api: AuditApi,
  { list, name, rows, filters }: FilterCase,
  values: number,
  moment: () => number,
): Promise<CaseTimes> {
  const first: PageRead[] = [];
  const deep: PageRead[] = [];
  for (let n = 0; n < values; n += 1) {
    const row = rows[n % rows.length];
    if (!row) break;
    const query = new URLSearchParams({ limit: String(PAGE), ...filters(row) });
    first.push(await readPage(api, `/v1/${list}?${query}`, row.tenant_id));
    query.set('cursor', cursorAt(moment()));
    deep.push(await readPage(api, `/v1/${list}?${query}`, row.tenant_id));
  }
  const all = [...first, ...deep];
  return {
    ...{ list, name },
    firstMs: Float64Array.from(first, ({ ms }) => ms),
    deepMs: Float64Array.from(deep, ({ ms }) => ms),
    shortPages: all.filter(({ isShort }) => isShort).length,
    rows: all.reduce((sum, read) => sum + read.rows, 0),
  };
}
