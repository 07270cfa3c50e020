import { describe, expect, it } from 'vitest';
import { ProblemError } from '../problems/problem.error.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { parseListQuery } from './list-query.js';

const filters = {
  status: (value: string) => (value === 'failed' ? ('failed' as const) : undefined),
  since: (value: string) => new Date(value).toISOString(),
};

const isPosition = (value: unknown): value is { id: string } =>
  typeof (value as { id?: unknown } | null)?.id === 'string';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
  return 'none';
}

describe('parseListQuery', () => {
  it('has 50 items a page and no cursor by default', () => {
    expect(parseListQuery({}, filters)).toEqual({ limit: 50, cursor: null, filters: {} });
  });

  it('reads the filters that are given', () => {
    const query = parseListQuery({ limit: '200', cursor: 'abc', status: 'failed' }, filters);
    expect(query).toEqual({ limit: 200, cursor: 'abc', filters: { status: 'failed' } });
  });

  it.each([
    [{ limit: '0' }],
    [{ limit: '201' }],
    [{ limit: '1e2' }],
    [{ limit: '' }],
    [{ status: 'unheard' }],
    [{ since: 'yesterday' }],
    [{ unknown: '1' }],
    [{ status: ['failed', 'failed'] }],
    [{ constructor: 'x' }],
  ])('refuses %j as malformed', (query) => {
    expect(codeOf(() => parseListQuery(query, filters))).toBe('malformed');
  });
});

describe('cursor', () => {
  it('gives back what it was made from', () => {
    expect(decodeCursor(encodeCursor({ id: 'int_ü' }), isPosition)).toEqual({ id: 'int_ü' });
  });

  it.each([['!!'], [''], [encodeCursor({ other: 1 })], [encodeCursor({ id: 'x'.repeat(2_000) })]])(
    'refuses %s as malformed',
    (cursor) => {
      expect(codeOf(() => decodeCursor(cursor, isPosition))).toBe('malformed');
    },
  );
});
