import type { QueryParameter, SomeReferences } from '@hookstile/service-runtime';
import { Type } from 'typebox';
import { EXPORT_REFUSALS, EXPORTED, FORMAT_PARAMETER } from '../export/export-reference.js';
import { exactly, type FilterParameters, oneOfThese } from '../read/filter-parameters.js';
import { BUCKETS, BUCKETS_MAX, HOURS_KEPT_DAYS, MINUTES_KEPT_DAYS } from './stats.bounds.js';
import { Stats } from './stats-item.js';
import type { STATS_PARAMETERS } from './stats-query.js';

const time = (description: string): QueryParameter => ({ schema: Type.String({ format: 'date-time' }), description });

const QUERY: FilterParameters<typeof STATS_PARAMETERS> = {
  integrationId: exactly('Of this integration; without it, of all.'),
  since: time(
    `From the bucket of this time on. Without it 60 minutes, 24 hours or 30 days; at most ${BUCKETS_MAX} buckets. Minutes are kept for ${MINUTES_KEPT_DAYS} days, hours and days for ${HOURS_KEPT_DAYS}.`,
  ),
  until: time('Up to the end of the bucket of this time; without it, now.'),
  bucket: oneOfThese(Type.Enum([...BUCKETS]), 'How long each item is, in UTC; without it, an hour.'),
};

const DAY = {
  from: '2026-01-02T00:00:00.000Z',
  to: '2026-01-03T00:00:00.000Z',
  attempts: 5,
  succeeded: 4,
  failed: 1,
  latencyMs: { p50: 11.994, p95: 32.508, p99: 32.508 },
  byStatus: { 200: 4, 500: 1 },
  byError: { http_status: 1 },
  backlog: 0,
};

export const STATS_REFERENCE = {
  'stats.read': {
    query: { ...QUERY, ...FORMAT_PARAMETER },
    refusals: EXPORT_REFUSALS,
    answers: [{ status: 200, description: 'The statistics', body: { name: 'Stats', schema: Stats }, alsoAs: EXPORTED }],
    examples: {
      'of-a-day': {
        query: {
          integrationId: 'int_01kxyzabcdefghjkmnpqrstvwx',
          bucket: 'day',
          since: '2026-01-02T00:00:00Z',
          until: '2026-01-03T00:00:00Z',
        },
        status: 200,
        answer: { items: [DAY], backlog: { pending: 0, held: 0, oldestAt: null } },
      },
    },
  },
} satisfies SomeReferences;
