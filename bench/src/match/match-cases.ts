import type { Filter } from '@hookstile/contracts';

const REGIONS = 10;
const THRESHOLDS = 10;

/** Filters of a tenant's integrations, by number. All but the last can be found by a value. */
export const MATCH_CASES = {
  'an id of its own each': (n: number): Filter => [
    { pointer: '/data/risk', op: 'gte', value: 0 },
    { pointer: '/data/region', op: 'in', value: ['region-0', 'region-1', 'region-2'] },
    { pointer: '/data/device/id', op: 'eq', value: `device-${n}` },
  ],
  'ids that no event has': (n: number): Filter => [{ pointer: '/data/device/id', op: 'eq', value: `gone-${n}` }],
  'one of ten regions': (n: number): Filter => [
    { pointer: '/data/region', op: 'eq', value: `region-${n % REGIONS}` },
    { pointer: '/data/risk', op: 'gte', value: n % THRESHOLDS },
  ],
  'no filter': (): Filter => [],
  'one of ten thresholds': (n: number): Filter => [{ pointer: '/data/risk', op: 'gt', value: 90 + (n % THRESHOLDS) }],
  'a threshold of its own each': (n: number): Filter => [{ pointer: '/data/risk', op: 'gt', value: 50 + n / 1_000 }],
} as const;

export type CaseName = keyof typeof MATCH_CASES;

/** An event's data, of about so many bytes. */
export function dataOf(n: number, integrations: number, bytes: number): Buffer {
  const device = { id: `device-${n % integrations}`, name: 'Laptop', tags: ['blue', 'leased'] };
  const data = { note: '', region: `region-${n % REGIONS}`, device, risk: n % 100, seen: true };
  const length = JSON.stringify(data).length;
  return Buffer.from(JSON.stringify({ ...data, note: 'x'.repeat(Math.max(0, bytes - length)) }));
}
