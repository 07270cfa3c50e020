import { type ProblemError, parseBody } from '@hookstile/service-runtime';
import { FIXED_NOW, seededRandomBytes } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_PROFILES } from '../profiles/built-in-profiles.js';
import { fakeTenantSecrets } from '../tenant-keys/tenant-secrets.fake.js';
import { IntegrationDto } from './integration.dto.js';
import { makeSettings } from './integration-settings.js';

const secrets = fakeTenantSecrets();

const problemsOf = (given: object) => {
  const context = { integrationId: 'int_1', current: null, profiles: BUILT_IN_PROFILES, secrets };
  const input = parseBody(IntegrationDto, { name: 'x', url: 'https://example.com', ...given });
  try {
    makeSettings(input, { ...context, randomBytes: seededRandomBytes('x'), nowMs: Date.parse(FIXED_NOW) });
    return [];
  } catch (error) {
    return (error as ProblemError).errors?.map(({ pointer, detail }) => [pointer, detail]);
  }
};
const template = (headers: object | string, body: object = {}, batch: object = {}) =>
  problemsOf({ request: { headers, body: { format: 'template', template: 'x', ...body } }, batch });

describe('templates', () => {
  it('stand in headers, where what is wrong with one is named by its place', () => {
    expect(problemsOf({ request: { headers: { 'X-Id': '{{ event.id }}' } } })).toEqual([]);
    expect(problemsOf({ request: { headers: { 'X-Id': '{{ event.nobody }}' } } })).toEqual([
      ['/request/headers/X-Id', expect.stringMatching(/^line 1, column \d+: /)],
    ]);
  });

  it('never say what the content type is: the body is made by it', () => {
    expect(template({ 'content-type': 'text/{{ event.type }}' })).toMatchObject([
      ['/request/headers/content-type', expect.any(String)],
    ]);
  });

  it('of text go out one by one, for an array is JSON', () => {
    const text = { 'content-type': 'text/plain' };
    expect(template(text)).toEqual([]);
    expect(template(text, { wrap: 'array' })).toMatchObject([['/request/body/wrap', expect.any(String)]]);
    expect(template('Content-Type: text/plain', {}, { maxItems: 2 })).toMatchObject([
      ['/batch/maxItems', expect.any(String)],
    ]);
    expect(template({ 'content-type': 'application/vnd.x+json' }, { wrap: 'array' }, { maxItems: 2 })).toEqual([]);
    expect(template({}, { wrap: 'array' })).toEqual([]);
  });
});
