import { describe, expect, it } from 'vitest';
import type { Rotated } from './rotate-keys.js';
import { exitCodeOf, rotationReport } from './rotation-report.js';

const rotated = (overrides: Partial<Rotated> = {}): Rotated => ({
  currentId: 'new',
  tenantKeys: 3,
  things: 0,
  unreadable: [],
  uses: [{ keyId: 'new', tenantKeys: 4, firstBuildsSecrets: 0 }],
  ...overrides,
});

describe('the report of a rotation', () => {
  it('lets the older keys leave the ring once everything stands under the first', () => {
    expect(exitCodeOf(rotated())).toBe(0);
    expect(rotationReport(rotated())).toMatch(/Under "new" now: 4 tenant keys\.\nDone: every key but "new" may leave/);
  });

  it('keeps a key in the ring that something stands under, and ends with 1', () => {
    const uses = [...rotated().uses, { keyId: 'old', tenantKeys: 1, firstBuildsSecrets: 2 }];
    expect(exitCodeOf(rotated({ uses }))).toBe(1);
    expect(rotationReport(rotated({ uses }))).toMatch(
      /Under "old" now: 1 tenant key and 2 secrets of the first builds\./,
    );
    expect(rotationReport(rotated({ uses }))).toMatch(/Not done: "old" must stay/);
  });

  it('is not done while secrets of the first builds stand under the first key itself', () => {
    expect(exitCodeOf(rotated({ uses: [{ keyId: 'new', tenantKeys: 4, firstBuildsSecrets: 1 }] }))).toBe(1);
  });

  it('names few of what cannot be opened, and counts the others', () => {
    const unreadable = Array.from({ length: 23 }, (_, n) => `tenant:ten_${n}`);
    expect(rotationReport(rotated({ unreadable }))).toMatch(/tenant:ten_19 and 3 more\.$/m);
  });
});
