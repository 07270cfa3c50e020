import type { Condition, IntegrationConfiguration, Scalar } from '@hookstile/contracts';
import { anEvent, anIntegration } from '@hookstile/testing';
import fc from 'fast-check';
import type { MatchedEvent } from './event-values.js';

const name = fc.constantFrom('a', 'b', '', '0', '1', 'a/b', '~', '__proto__', 'length');
const text = fc.constantFrom('', 'a', 'ab', 'abc', '1', 'true', 'null', 'é', '"\\');
const number = fc.constantFrom(0, 1, 2, -1, 0.5, 100, 1e21);
const scalar: fc.Arbitrary<Scalar> = fc.oneof(text, number, fc.boolean(), fc.constant(null));

/** Ways to write the same number. */
const numberText = fc.oneof(
  number.map((value) => JSON.stringify(value)),
  fc.constantFrom('-0', '0.0', '1.0', '10e-1', '1E0', '0.2e+1', '5e-1', '1000000000000000000000', '100.000'),
);
const textText = text.map((value) => {
  const [first = '', ...others] = [...value];
  const escaped = first === 'a' ? '\\u0061' : JSON.stringify(first).slice(1, -1);
  return `"${escaped}${JSON.stringify(others.join('')).slice(1, -1)}"`;
});
const space = fc.constantFrom('', '', ' ', '\n\t');

/** JSON as it may be sent: with space, escapes, numbers in any form, and members that stand more than once. */
const { json } = fc.letrec<{ json: string; array: string; object: string }>((tie) => ({
  json: fc
    .tuple(
      space,
      fc.oneof(
        { maxDepth: 3 },
        numberText,
        textText,
        fc.constantFrom('true', 'false', 'null'),
        tie('array'),
        tie('object'),
      ),
      space,
    )
    .map((parts) => parts.join('')),
  array: fc.array(tie('json'), { maxLength: 3 }).map((elements) => `[${elements.join()}]`),
  object: fc
    .array(fc.tuple(name, tie('json')), { maxLength: 4 })
    .map((members) => `{${members.map(([key, value]) => ` ${JSON.stringify(key)} :${value}`).join()}}`),
}));

const segment = fc.constantFrom('a', 'b', 'hookstile');
const type = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('.'));
const pattern = fc.oneof(
  fc.constant('*'),
  type,
  type.map((prefix) => `${prefix}.*`),
);

const escaped = (token: string) => token.replaceAll('~', '~0').replaceAll('/', '~1');
const inData = fc.array(name, { maxLength: 3 }).map((tokens) => ['/data', ...tokens.map(escaped)].join('/'));
const pointer = fc.oneof(
  { weight: 3, arbitrary: inData },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/type',
      '/subject',
      '/time',
      '/source',
      '/id',
      '/specversion',
      '/datacontenttype',
      '/ext',
    ),
  },
);

const conditionBy = (op: Condition['op'], value: fc.Arbitrary<unknown>) =>
  fc.record({ pointer, op: fc.constant(op), value }) as fc.Arbitrary<Condition>;

export const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  conditionBy('eq', scalar),
  conditionBy('ne', scalar),
  conditionBy('in', fc.array(scalar, { minLength: 1, maxLength: 3 })),
  conditionBy('not_in', fc.array(scalar, { minLength: 1, maxLength: 3 })),
  conditionBy('contains', scalar),
  conditionBy('exists', fc.boolean()),
  conditionBy('prefix', text),
  ...(['gt', 'gte', 'lt', 'lte'] as const).map((op) => conditionBy(op, number)),
);

/** A tenant's, in the order of their ids; some share their filters. */
export const anyIntegrations: fc.Arbitrary<IntegrationConfiguration[]> = fc
  .array(fc.array(anyCondition, { maxLength: 3 }), { minLength: 1, maxLength: 4 })
  .chain((filters) =>
    fc.array(
      fc.record({
        eventTypes: fc.array(pattern, { minLength: 1, maxLength: 3 }),
        filter: fc.option(fc.constantFrom(...filters), { nil: undefined }),
      }),
      { maxLength: 12 },
    ),
  )
  .map((all) =>
    all.map(({ eventTypes, filter }, place) =>
      anIntegration({ id: `int_${place}`, settings: { eventTypes, ...(filter ? { filter } : {}) } }),
    ),
  );

export const anyMatchedEvent: fc.Arbitrary<MatchedEvent> = fc
  .record({
    type,
    subject: fc.option(text),
    time: fc.option(fc.constant('2026-01-02T03:04:05Z')),
    ext: fc.option(fc.oneof(text, number, fc.boolean()), { nil: undefined }),
    json,
  })
  .map(({ ext, json: data, ...attributes }) => ({
    attributes: anEvent({ ...attributes, extensions: ext === undefined ? {} : { ext } }),
    data: Buffer.from(data),
  }));
