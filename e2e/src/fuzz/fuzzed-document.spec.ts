import { describe, expect, it } from 'vitest';
import { type Document, fuzzedDocument } from './fuzzed-document.ts';
import type { World } from './world.ts';

const KNOWN = 'int_01kxyzabcdefghjkmnpqrstvwx';
const WORLD: World = {
  tenantId: 'fuzz-x',
  receiverUrl: 'http://127.0.0.1:9',
  keys: { admin: 'a', editor: 'e', viewer: 'v', producer: 'p' },
  things: { int: ['int_real'], rul: ['rul_real'] },
  spares: { int: ['int_spare'] },
  blocked: { int: ['int_blocked'] },
};
const withId = { name: 'id', in: 'path', schema: { type: 'string' }, examples: { found: { value: KNOWN } } };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const answer = {
  content: { 'application/json': { schema: ref('Thing'), examples: { found: { value: { id: KNOWN } } } } },
};
const LIST = ['cursor', 'Hookstile-Tenant'].map((name) => ({ name, in: 'query', schema: { type: 'string' } }));
const shows = (...examples: string[]) => ({ 200: { 'x-examples': examples } });
const DOCUMENT: Document = {
  paths: {
    '/v1/integrations/{id}': {
      get: { parameters: [withId], responses: { 200: answer } },
      delete: { parameters: [withId], responses: shows('found') },
      patch: {
        parameters: [{ name: 'If-Match', in: 'header', schema: { type: 'string' }, examples: { a: { value: '"1"' } } }],
        requestBody: { schema: ref('Input'), examples: { a: { value: { url: 'https://example.com/hook' } } } },
        responses: shows('a'),
      },
    },
    '/v1/tenants': { post: { requestBody: { examples: { a: { value: { id: 'acme' } } } }, responses: shows('a') } },
    '/v1/tenants/{id}': {
      get: { parameters: [{ ...withId, examples: { a: { value: 'acme' } } }], responses: shows('a') },
    },
    '/v1/integrations': { get: { parameters: LIST, responses: shows('a') } },
    '/v1/integrations/{id}/lanes': { get: { parameters: [withId], responses: shows('found') } },
  },
  components: {
    schemas: {
      Thing: { type: 'object', properties: { own: ref('Own') } },
      Own: { type: 'object', properties: {} },
      Input: { type: 'object', properties: { rule: { type: 'string' }, both: ref('Both') } },
      Both: { type: 'object', properties: {} },
    },
    responses: {},
  },
};

const { paths, components } = fuzzedDocument(DOCUMENT, WORLD, 'any');
const idOf = (path: string, method: string) => paths[path]?.[method]?.parameters?.[0];

describe('the reference as it is fuzzed', () => {
  it('asks as often for what is there as for anything', () => {
    expect(idOf('/v1/integrations/{id}', 'get')).toMatchObject({
      schema: { anyOf: [{ enum: ['int_real'] }, { type: 'string' }] },
      examples: { found: { value: 'int_real' } },
    });
    expect(components.schemas.Input).toMatchObject({
      properties: { rule: { anyOf: [{ enum: ['rul_real'] }, { type: 'string' }] } },
    });
    expect(JSON.stringify(paths)).toContain('http://127.0.0.1:9/hook');
  });

  it('deletes nothing that the other operations stand on, and skips at the lane that is blocked', () => {
    expect(idOf('/v1/integrations/{id}', 'delete')?.examples).toEqual({ found: { value: 'int_spare' } });
    expect(idOf('/v1/integrations/{id}/lanes', 'get')?.examples).toEqual({ found: { value: 'int_blocked' } });
  });

  it('makes up tenants and cursors, unless it is to get through', () => {
    const listed = (kind: 'known' | 'any') =>
      fuzzedDocument(DOCUMENT, WORLD, kind).paths['/v1/integrations']?.get?.parameters?.map(({ schema }) => schema);
    expect(listed('any')).toEqual([{ type: 'string' }, { anyOf: [{ enum: ['fuzz-x'] }, { type: 'string' }] }]);
    expect(listed('known')).toEqual([{ enum: ['fuzz-x'] }]);
  });

  it('reads the tenant that is there, and creates another one', () => {
    expect(idOf('/v1/tenants/{id}', 'get')?.examples).toEqual({ a: { value: 'fuzz-x' } });
    expect(paths['/v1/tenants']?.post).toMatchObject({
      requestBody: { examples: { a: { value: { id: 'fuzz-x-new' } } } },
    });
  });

  it('names any version in If-Match, since versions go on', () => {
    expect(idOf('/v1/integrations/{id}', 'patch')?.examples).toEqual({ any: { value: '*' } });
  });

  it('has no room for members that an answer does not name, and leaves requests as they are', () => {
    expect(components.schemas.Thing).toMatchObject({ additionalProperties: false });
    expect(components.schemas.Own).toMatchObject({ additionalProperties: false });
    expect(components.schemas.Both).not.toHaveProperty('additionalProperties');
  });

  it('has no example that shows a refusal', () => {
    const examples = { a: { value: KNOWN }, refused: { value: 'int_none' } };
    const operation = { parameters: [{ ...withId, examples }], responses: { ...shows('a'), 404: {} } };
    const fuzzed = fuzzedDocument({ ...DOCUMENT, paths: { '/x/{id}': { get: operation } } }, WORLD, 'any');
    expect(fuzzed.paths['/x/{id}']?.get?.parameters?.[0]?.examples).toEqual({ a: { value: 'int_real' } });
  });

  it('takes nothing from the answers of other stacks', () => {
    expect(JSON.stringify(paths)).not.toContain(KNOWN);
  });
});
