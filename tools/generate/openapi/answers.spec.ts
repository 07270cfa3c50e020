import type { OperationEntry, OperationReference } from '@hookstile/service-runtime';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { answersOf } from './answers.ts';

const OPERATION: OperationEntry = {
  method: 'GET',
  path: '/v1/things/{id}',
  service: 'config',
  access: { kind: 'platform' },
  summary: 'Read a thing',
};
const THING = { name: 'Thing', schema: Type.Object({ id: Type.String() }) };
const REFERENCE: OperationReference = {
  answers: [{ status: 200, description: 'The thing', body: THING }],
  refusals: ['conflict'],
  examples: {
    found: { path: { id: 'a' }, status: 200, answer: { id: 'a' } },
    missing: { path: { id: 'b' }, status: 404, answer: { code: 'not_found' } },
  },
};

describe('answers of an operation', () => {
  it('are its own and the refusals that its kind of request can have', () => {
    const answers = answersOf(OPERATION, REFERENCE, {}, {});
    expect(Object.keys(answers)).toEqual(['200', '400', '401', '403', '404', '409', '429', '503']);
  });

  it('have a 404 where a tenant is asked for that the platform key may have made up', () => {
    const inTenant: OperationEntry = {
      ...OPERATION,
      path: '/v1/things',
      access: { kind: 'roles', roles: ['viewer'], needsTenant: true },
    };
    const reference = { ...REFERENCE, examples: {} };
    expect(answersOf(inTenant, reference, {}, {})).toHaveProperty('404');
    expect(answersOf({ ...inTenant, service: 'audit' }, reference, {}, {})).not.toHaveProperty('404');
    expect(answersOf({ ...inTenant, access: OPERATION.access }, reference, {}, {})).not.toHaveProperty('404');
  });

  it('share refusals, but for one that an example shows', () => {
    const shared = {};
    const answers = answersOf(OPERATION, REFERENCE, {}, shared) as Record<string, object>;
    expect(answers['409']).toEqual({ $ref: '#/components/responses/conflict' });
    expect(answers['404']).toMatchObject({
      content: { 'application/problem+json': { examples: { missing: { value: { code: 'not_found' } } } } },
    });
    expect(Object.keys(shared)).not.toContain('not_found');
  });

  it('are refused with an example that none of them has the status of', () => {
    const examples = { gone: { path: { id: 'a' }, status: 410, answer: {} } };
    expect(() => answersOf(OPERATION, { ...REFERENCE, examples }, {}, {})).toThrow('gone');
  });

  it('are refused where two schemas have one name', () => {
    const known = { Thing: { type: 'string' } };
    expect(() => answersOf(OPERATION, REFERENCE, known, {})).toThrow('two schemas');
  });
});
