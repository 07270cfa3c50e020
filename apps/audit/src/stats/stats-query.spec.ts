import { ProblemError } from '@hookstile/service-runtime';
import { describe, expect, it } from 'vitest';
import { BUCKETS_MAX } from './stats.bounds.js';
import { statsQuery } from './stats-query.js';

const NOW_MS = Date.parse('2026-01-20T10:30:15.000Z');

function asked(query: Record<string, string>): [from: string, to: string] {
  const { fromMs, toMs } = statsQuery(query, NOW_MS);
  return [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
}

function refusal(query: Record<string, string | string[]>): unknown {
  try {
    statsQuery(query, NOW_MS);
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
  return 'taken';
}

describe('what statistics are asked for', () => {
  it('is the last 24 hours of the tenant where nothing is said, the hour that goes on included', () => {
    expect(asked({})).toEqual(['2026-01-19T11:00:00.000Z', '2026-01-20T11:00:00.000Z']);
    expect(statsQuery({}, NOW_MS)).toMatchObject({ integrationId: null, bucket: 'hour' });
  });

  it('is the last hour by minutes, and the last 30 days by days', () => {
    expect(asked({ bucket: 'minute' })).toEqual(['2026-01-20T09:31:00.000Z', '2026-01-20T10:31:00.000Z']);
    expect(asked({ bucket: 'day' })).toEqual(['2025-12-22T00:00:00.000Z', '2026-01-21T00:00:00.000Z']);
  });

  it('ends with the hour that goes on also in its very first millisecond', () => {
    const { fromMs, toMs } = statsQuery({}, Date.parse('2026-01-20T10:00:00.000Z'));
    expect([fromMs, toMs].map((ms) => new Date(ms).toISOString())).toEqual([
      '2026-01-19T11:00:00.000Z',
      '2026-01-20T11:00:00.000Z',
    ]);
    expect(() => statsQuery({ since: '2026-01-20T10:00:00Z' }, Date.parse('2026-01-20T10:00:00Z'))).not.toThrow();
  });

  it('is whole buckets of UTC around the times that are given', () => {
    const query = { bucket: 'day', since: '2026-01-03T01:00:00+02:00', until: '2026-01-05T00:00:00.001Z' };
    expect(asked(query)).toEqual(['2026-01-02T00:00:00.000Z', '2026-01-06T00:00:00.000Z']);
    expect(asked({ until: '2026-01-05T07:00:00Z' })).toEqual(['2026-01-04T07:00:00.000Z', '2026-01-05T07:00:00.000Z']);
  });

  it('is as many buckets as an answer lists, and no more', () => {
    const before = (hours: number) => new Date(NOW_MS - hours * 3_600_000).toISOString();
    expect(refusal({ since: before(BUCKETS_MAX - 1) })).toBe('taken');
    expect(refusal({ since: before(BUCKETS_MAX) })).toBe('malformed');
  });

  it('is nothing from before counts are kept', () => {
    const minutes = { bucket: 'minute', until: '2026-01-13T10:31:00Z' };
    expect(refusal({ ...minutes, since: '2026-01-13T10:30:00Z' })).toBe('taken');
    expect(refusal({ ...minutes, since: '2026-01-13T10:28:00Z' })).toBe('malformed');
  });

  it.each([
    [{ bucket: 'week' }],
    [{ since: '2026' }],
    [{ until: 'now' }],
    [{ integrationId: '' }],
    [{ limit: '10' }],
    [{ cursor: 'abc' }],
    [{ tenantId: 'ten_2' }],
    [{ bucket: ['day', 'hour'] }],
    [{ since: '2026-01-20T12:00:00Z' }],
    [{ since: '2026-01-19T12:00:00Z', until: '2026-01-19T12:00:00Z' }],
    [{ since: '0000-01-01T00:00:00Z' }],
    [{ until: '9999-12-31T23:59:59Z' }],
  ])('refuses %j as malformed', (query) => {
    expect(refusal(query)).toBe('malformed');
  });
});
