import type { Condition } from '@hookstile/contracts';
import { anEvent, anIntegration } from '@hookstile/testing';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { anyIntegrations, anyMatchedEvent } from './any-match.fake.js';
import type { MatchedEvent } from './event-values.js';
import { IntegrationMatcher } from './integration-matcher.js';
import { KnownFilters } from './known-filters.js';
import { naiveMatch } from './naive-match.fake.js';

const integrations = (...eventTypes: string[][]) =>
  eventTypes.map((types, i) => anIntegration({ id: `int_${i}`, settings: { eventTypes: types } }));

const anEventOf = (type: string, data = '{}'): MatchedEvent => ({
  attributes: anEvent({ type }),
  data: Buffer.from(data),
});
const idsOf = (matcher: IntegrationMatcher, event: MatchedEvent) => matcher.match(event).map(({ id }) => id);
const idsOfType = (matcher: IntegrationMatcher, type: string) => idsOf(matcher, anEventOf(type));

const filtered = (...filters: Condition[][]) =>
  filters.map((filter, i) => anIntegration({ id: `int_${i}`, settings: { eventTypes: ['*'], filter } }));

test('matches an exact type, a prefix that ends in ".*", and "*", in the order given', () => {
  const matcher = new IntegrationMatcher(integrations(['*'], ['device.*'], ['device.lost'], ['agent.*', 'device.*']));
  expect(idsOfType(matcher, 'device.lost')).toEqual(['int_0', 'int_1', 'int_2', 'int_3']);
  expect(idsOfType(matcher, 'device.lost.twice')).toEqual(['int_0', 'int_1', 'int_3']);
  expect(idsOfType(matcher, 'device')).toEqual(['int_0']);
  expect(idsOfType(matcher, 'devices.lost')).toEqual(['int_0']);
  expect(idsOfType(matcher, 'Device.lost')).toEqual(['int_0']);
});

test('"*" leaves out what Hookstile tells itself; only those who name it get it', () => {
  const types = [
    ['*'],
    ['hookstile.*'],
    ['hookstile.integration.*'],
    ['hookstile.integration.failing', '*'],
    ['hook.*'],
  ];
  const matcher = new IntegrationMatcher(integrations(...types));
  expect(idsOfType(matcher, 'hookstile.integration.failing')).toEqual(['int_1', 'int_2', 'int_3']);
  expect(idsOfType(matcher, 'hookstile.integration.disabled')).toEqual(['int_1', 'int_2']);
  expect(idsOfType(matcher, 'hookstile')).toEqual(['int_0', 'int_3']);
  expect(idsOfType(matcher, 'hookstiles.x')).toEqual(['int_0', 'int_3']);
});

test('an integration whose patterns overlap gets an event once', () => {
  expect(idsOfType(new IntegrationMatcher(integrations(['*', 'a.*', 'a.b', 'a.b'])), 'a.b')).toEqual(['int_0']);
});

test('finds, in order, what asking every integration finds', () => {
  fc.assert(
    fc.property(
      anyIntegrations,
      fc.array(anyMatchedEvent, { maxLength: 5 }),
      fc.nat({ max: 40 }),
      (all, events, room) => {
        const matcher = new IntegrationMatcher(all, room);
        for (const event of events) expect(matcher.match(event)).toEqual(naiveMatch(all, event));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('tells what types are wanted by whom a filter may leave out', () => {
  const matcher = new IntegrationMatcher(
    ['a', 'b.*'].map((pattern) =>
      anIntegration({
        settings: { eventTypes: [pattern], filter: [{ pointer: '/data', op: 'exists', value: false }] },
      }),
    ),
  );
  expect(matcher.match(anEventOf('a'))).toEqual([]);
  expect(['a', 'b.c', 'b', 'c'].map((type) => matcher.wants(type))).toEqual([true, true, false, false]);
});

test('looks at no data where nothing of the type is filtered by it', () => {
  const byData = (type: string) => ({ eventTypes: [type], filter: [{ pointer: '/data/a', op: 'eq', value: 1 }] });
  const bySubject = (value: string) => ({
    eventTypes: ['*'],
    filter: [
      { pointer: '/data/a', op: 'gt', value: 0 },
      { pointer: '/subject', op: 'eq', value },
    ],
  });
  const all = [byData('other'), bySubject('s')].map((settings, i) =>
    anIntegration({ id: `int_${i}`, settings: settings as never }),
  );
  const matcher = new IntegrationMatcher(all);
  let reads = 0;
  const asked = (subject: string) => ({
    attributes: anEvent({ type: 'a', subject }),
    get data() {
      reads += 1;
      return Buffer.from('{"a":1}');
    },
  });
  expect(idsOf(matcher, asked('t'))).toEqual([]);
  expect(reads).toBe(0);
  expect(idsOf(matcher, asked('s'))).toEqual(['int_1']);
  expect(reads).toBe(1);
});

test('asks one condition of many integrations once an event', () => {
  const others = Array.from({ length: 100 }, (_, n): Condition[] => [
    { pointer: '/data/n', op: 'gte', value: 5 },
    { pointer: '/data/id', op: 'not_in', value: [`id-${n}`] },
  ]);
  const matcher = new IntegrationMatcher(filtered(...others));
  expect(matcher.match(anEventOf('a', '{"n":5,"id":"id-7"}'))).toHaveLength(99);
  expect(matcher.match(anEventOf('a', '{"n":4.9,"id":"id-7"}'))).toHaveLength(0);
  expect(matcher.match(anEventOf('a', '{"n":5}'))).toHaveLength(100);
});

test('remembers nothing of a type that could be wrong for another event of it', () => {
  const matcher = new IntegrationMatcher([
    ...filtered([{ pointer: '/data', op: 'eq', value: 1 }]),
    anIntegration({ id: 'int_1', settings: { eventTypes: ['a'] } }),
  ]);
  expect(idsOf(matcher, anEventOf('a', '1'))).toEqual(['int_0', 'int_1']);
  expect(idsOf(matcher, anEventOf('a', '2'))).toEqual(['int_1']);
  for (let n = 0; n < 2_500; n += 1) {
    expect(idsOf(matcher, anEventOf(`a.${n}`, String(n % 3)))).toEqual(n % 3 === 1 ? ['int_0'] : []);
  }
  expect(idsOf(matcher, anEventOf('a', '1'))).toEqual(['int_0', 'int_1']);
});

test('no index is made twice, also where there is no room for all', () => {
  const grouped = vi.spyOn(KnownFilters.prototype, 'groupsOf');
  const patterns = ['*', 'a.*', 'b.*'];
  const ids = Array.from({ length: 30 }, (_, n) => n);
  const all = ids.map((n) => {
    const filter: Condition[] = [{ pointer: '/data', op: 'in', value: ids.map((other) => 100 * n + other) }];
    return anIntegration({ id: `int_${n}`, settings: { eventTypes: [patterns[n % 3] ?? ''], filter } });
  });
  const matcher = new IntegrationMatcher(all, 500);
  for (let n = 0; n < 2_500; n += 1) {
    expect(idsOf(matcher, anEventOf(`a.${n}`, '101'))).toEqual(['int_1']);
    expect(idsOf(matcher, anEventOf(`b.${n}`, '202'))).toEqual(['int_2']);
    expect(idsOf(matcher, anEventOf(`c.${n}`, '2729'))).toEqual(['int_27']);
  }
  expect(grouped.mock.calls.length).toBeLessThanOrEqual(3);
  grouped.mockRestore();
});

test("an event's data is JSON of the usual type where nothing else was kept", () => {
  const pointer = '/datacontenttype';
  const matcher = new IntegrationMatcher(
    filtered(
      [{ pointer, op: 'eq', value: 'application/json' }],
      [{ pointer, op: 'prefix', value: 'application/vnd.' }],
      [{ pointer, op: 'exists', value: false }],
    ),
  );
  const event = (extensions: Record<string, string>) => ({
    attributes: anEvent({ extensions }),
    data: Buffer.from('1'),
  });
  expect(idsOf(matcher, event({}))).toEqual(['int_0']);
  expect(idsOf(matcher, event({ datacontenttype: 'application/vnd.a+json' }))).toEqual(['int_1']);
});
