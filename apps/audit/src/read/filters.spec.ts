import { describe, expect, it } from 'vitest';
import { instant } from './filters.js';

describe('a time that is asked for', () => {
  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02t03:04:05.678901z', '2026-01-02T03:04:05.678Z'],
    ['2024-02-29T23:30:00-01:00', '2024-03-01T00:30:00.000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('may be %s', (given, meant) => {
    expect(new Date(instant(given) ?? Number.NaN).toISOString()).toBe(meant);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00',
    '2026-01-01',
    'yesterday',
    // Their years in UTC have no four digits, so that they could not be shown again.
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
  ])('cannot be %s', (given) => {
    expect(instant(given)).toBeUndefined();
  });
});
