import type { IntegrationConfiguration } from '@hookstile/contracts';
import { anEvent, anIntegration } from '@hookstile/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyIntegrations, anyMatchedEvent } from './any-match.fake.js';
import { naiveMatch } from './naive-match.fake.js';
import { TenantMatchers } from './tenant-matchers.js';

const IDS = 8;
const idOf = (n: number) => `int_${n}`;

const anyChange = fc.record({
  /** Whose, and whether it is deleted or has these settings from now on. */
  place: fc.nat({ max: IDS - 1 }),
  deleted: fc.boolean(),
  settings: anyIntegrations.filter((some) => some.length > 0).map(([first]) => first?.settings),
  event: anyMatchedEvent,
});

test('finds, after any changes, what asking every integration of now finds', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 20 }), fc.integer({ min: 0, max: 6 }), (changes, changedMaxCount) => {
      const matchers = new TenantMatchers(changedMaxCount);
      const byPlace = new Map<number, IntegrationConfiguration>();
      for (const [version, { place, deleted, settings, event }] of changes.entries()) {
        if (deleted) byPlace.delete(place);
        else byPlace.set(place, anIntegration({ id: idOf(place), version, settings: settings ?? {} }));
        const list = [...byPlace.entries()].sort(([left], [right]) => left - right).map(([, each]) => each);
        const matcher = matchers.of('ten_1', list);
        expect(matcher.match(event)).toEqual(naiveMatch(list, event));
        const unfiltered = list.map(({ settings: { eventTypes }, ...rest }) => ({ ...rest, settings: { eventTypes } }));
        const isWanted = naiveMatch(unfiltered as unknown as IntegrationConfiguration[], event).length > 0;
        expect(matcher.wants(event.attributes.type)).toBe(isWanted);
      }
    }),
    { numRuns: 500 },
  );
});

const many = (count: number) =>
  Array.from({ length: count }, (_, n) => anIntegration({ id: `int_${String(n).padStart(6, '0')}` }));
const event = { attributes: anEvent(), data: Buffer.from('1') };

test('a tenant has one matcher until its list is another one', () => {
  const matchers = new TenantMatchers();
  const list = many(2);
  expect(matchers.of('ten_1', list)).toBe(matchers.of('ten_1', list));
  expect(matchers.of('ten_1', [...list])).toBe(matchers.of('ten_1', list));
  expect(matchers.of('ten_1', many(2))).not.toBe(matchers.of('ten_1', list));
  expect(matchers.of('ten_2', list)).not.toBe(matchers.of('ten_1', list));
});

test('nothing of a deleted tenant is kept', () => {
  const matchers = new TenantMatchers();
  const list = many(2);
  const before = matchers.of('ten_1', list);
  matchers.forget('ten_1');
  expect(matchers.of('ten_1', list)).not.toBe(before);
});

test('the settings that an integration had are matched no more, however many there are beside it', () => {
  const matchers = new TenantMatchers();
  let list = many(1_000);
  expect(matchers.of('ten_1', list).match(event)).toHaveLength(1_000);
  for (let n = 0; n < 600; n += 1) {
    list = list.map((each, place) =>
      place === n ? anIntegration({ ...each, version: 2, settings: { eventTypes: ['other'] } }) : each,
    );
    expect(matchers.of('ten_1', list).match(event)).toHaveLength(999 - n);
  }
});
