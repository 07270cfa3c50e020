import { anIntegration } from '@hookstile/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IntegrationMatcher, matcherOf } from './integration-matcher.js';

const integrations = (...eventTypes: string[][]) =>
  eventTypes.map((types, i) => anIntegration({ id: `int_${i}`, settings: { eventTypes: types } }));

const idsOf = (matcher: IntegrationMatcher, type: string) => matcher.match(type).map(({ id }) => id);

test('matches an exact type, a prefix that ends in ".*", and "*", in the order given', () => {
  const matcher = new IntegrationMatcher(integrations(['*'], ['device.*'], ['device.lost'], ['agent.*', 'device.*']));
  expect(idsOf(matcher, 'device.lost')).toEqual(['int_0', 'int_1', 'int_2', 'int_3']);
  expect(idsOf(matcher, 'device.lost.twice')).toEqual(['int_0', 'int_1', 'int_3']);
  expect(idsOf(matcher, 'device')).toEqual(['int_0']);
  expect(idsOf(matcher, 'devices.lost')).toEqual(['int_0']);
  expect(idsOf(matcher, 'Device.lost')).toEqual(['int_0']);
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
  expect(idsOf(matcher, 'hookstile.integration.failing')).toEqual(['int_1', 'int_2', 'int_3']);
  expect(idsOf(matcher, 'hookstile.integration.disabled')).toEqual(['int_1', 'int_2']);
  expect(idsOf(matcher, 'hookstile')).toEqual(['int_0', 'int_3']);
  expect(idsOf(matcher, 'hookstiles.x')).toEqual(['int_0', 'int_3']);
});

test('an integration whose patterns overlap gets an event once', () => {
  expect(idsOf(new IntegrationMatcher(integrations(['*', 'a.*', 'a.b', 'a.b'])), 'a.b')).toEqual(['int_0']);
});

test('finds what looking at every pattern of every integration finds', () => {
  const segment = fc.constantFrom('a', 'b', 'ab');
  const type = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('.'));
  const pattern = fc.oneof(
    fc.constant('*'),
    type,
    type.map((prefix) => `${prefix}.*`),
  );
  const matches = (eventType: string, by: string) =>
    by === '*' || by === eventType || (by.endsWith('.*') && eventType.startsWith(by.slice(0, -1)));
  fc.assert(
    fc.property(fc.array(fc.array(pattern, { maxLength: 3 }), { maxLength: 6 }), type, (patterns, eventType) => {
      const all = integrations(...patterns);
      const naive = all.filter(({ settings }) => settings.eventTypes.some((by) => matches(eventType, by)));
      expect(new IntegrationMatcher(all).match(eventType)).toEqual(naive);
    }),
  );
});

test('one list of integrations has one matcher, another list another', () => {
  const list = integrations(['*']);
  expect(matcherOf(list)).toBe(matcherOf(list));
  expect(matcherOf([...list])).not.toBe(matcherOf(list));
});
