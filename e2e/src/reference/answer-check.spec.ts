import { describe, expect, it } from 'vitest';
import { AnswerCheck } from './answer-check.js';

const member = { type: 'object', properties: { type: { const: 'none' } }, required: ['type'] };
const check = new AnswerCheck({
  paths: {},
  components: {
    schemas: {
      Thing: {
        type: 'object',
        properties: {
          id: { type: 'string' },
          count: { type: 'integer', minimum: 0 },
          auth: { anyOf: [member, { type: 'null' }] },
          headers: { type: 'object', additionalProperties: { type: 'string' } },
        },
        required: ['id', 'count', 'auth'],
      },
    },
  },
});
const THING = { id: 'a', count: 1, auth: { type: 'none' }, headers: { 'x-any': 'name' } };
const problems = (answer: unknown) => check.problems('#/components/schemas/Thing', answer);

describe('an answer', () => {
  it('is in order with what its schema promises', () => {
    expect(problems(THING)).toEqual([]);
    expect(problems({ id: 'a', count: 0, auth: null })).toEqual([]);
  });

  it.each([
    ['lacks a promised member', { id: 'a', auth: null }],
    ['has a member that no schema names', { ...THING, secret: 'x' }],
    ['has one inside of another', { ...THING, auth: { type: 'none', password: 'x' } }],
    ['has a value of another type', { ...THING, count: '1' }],
    ['has a value out of bounds', { ...THING, count: -1 }],
    ['has null where nothing promises it', { ...THING, id: null }],
  ])('is not when it %s', (_what, answer) => {
    expect(problems(answer)).not.toEqual([]);
  });

  it('is not of a schema that does not exist', () => {
    expect(check.problems('#/components/schemas/Nothing', {})).toEqual([
      'the document has no #/components/schemas/Nothing',
    ]);
  });
});
