import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RAW_MAX_BYTES } from '../things-service.fake.js';
import { startThings, type Things, VIEWER_KEY } from '../things-stack.fake.js';

let things: Things;

beforeAll(async () => {
  things = await startThings();
});

afterAll(() => things.close());

describe('bad input', () => {
  it.each([
    ['an unknown route', () => things.call('/v1/nothing'), 404, 'not_found'],
    ['an unknown thing', () => things.call('/v1/things/x', { key: VIEWER_KEY }), 404, 'not_found'],
    ['a wrong method', () => things.call('/v1/things', { method: 'DELETE' }), 405, 'method_not_allowed'],
    ['an address that is not one', () => things.call('/v1/things/%zz'), 400, 'malformed'],
    ['no JSON', () => things.post('/v1/things', '{"name":'), 400, 'malformed'],
    ['an empty body', () => things.post('/v1/things', ''), 400, 'malformed'],
    ['no UTF-8', () => things.post('/v1/things', Buffer.from([0x7b, 0xff, 0x7d])), 400, 'malformed'],
    ['__proto__', () => things.post('/v1/things', '{"__proto__":{}}'), 400, 'malformed'],
    ['deep nesting', () => things.post('/v1/things', '['.repeat(100_000)), 400, 'malformed'],
    ['text', () => things.post('/v1/things', 'name=a', 'text/plain'), 415, 'unsupported_media_type'],
    [
      'merge patch by POST',
      () => things.post('/v1/things', '{}', 'application/merge-patch+json'),
      415,
      'unsupported_media_type',
    ],
    ['258 KiB', () => things.post('/v1/things', `{"name":"${'a'.repeat(258 * 1024)}"}`), 413, 'too_large'],
    ['too much raw', () => things.post('/v1/raw', Buffer.alloc(RAW_MAX_BYTES + 1), 'a/b'), 413, 'too_large'],
    ['an unknown member', () => things.post('/v1/things', '{"name":"a","more":1}'), 422, 'invalid'],
    ['an array', () => things.post('/v1/things', '[]'), 422, 'invalid'],
    ['a missing body', () => things.call('/v1/things', { method: 'POST' }), 422, 'invalid'],
    ['a bad limit', () => things.call('/v1/things?limit=0'), 400, 'malformed'],
    ['an unknown parameter', () => things.call('/v1/things?colour=red'), 400, 'malformed'],
    ['a fault of ours', () => things.call('/v1/things/boom', { key: VIEWER_KEY }), 500, 'internal'],
  ])('answers %s with a problem document', async (_name, act, status, code) => {
    const { json, headers, ...answer } = await act();
    expect(answer.status).toBe(status);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(json).toMatchObject({ type: `urn:hookstile:problem:${code}`, status, code });
    expect(Object.keys(json)).toEqual(expect.arrayContaining(['type', 'title', 'status', 'detail', 'code']));
    expect(JSON.stringify(json)).not.toContain('secret-detail');
  });

  it('says which methods a route takes', async () => {
    expect((await things.call('/v1/things', { method: 'DELETE' })).headers.get('allow')).toBe('GET, POST');
  });

  it('points at the wrong member', async () => {
    const { json } = await things.post('/v1/things', '{"name":1,"more":1}');
    expect(json.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: '/more', code: 'unknown_member' }),
        expect.objectContaining({ pointer: '/name', code: 'is_string' }),
      ]),
    );
  });

  it('takes a merge patch by PATCH', async () => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    const answer = await things.call('/v1/things/t1', { method: 'PATCH', headers, body: '{"a":null}' });
    expect(answer.json).toEqual({ id: 't1', body: { a: null } });
  });

  it.each([['application/cloudevents+json'], ['application/octet-stream'], ['application/json']])(
    'hands a raw route the bytes of %s exactly',
    async (type) => {
      const body = Buffer.from([0, 255, 123, 10, 13]);
      const sha256 = createHash('sha256').update(body).digest('hex');
      expect(await things.post('/v1/raw', body, type)).toMatchObject({ status: 202, json: { bytes: 5, sha256 } });
    },
  );

  it('answers headers that are too large with 431', async () => {
    const answer = await things.raw(`GET /v1/me HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"headers_too_large"');
  });

  it('answers what is not HTTP with 400', async () => {
    const answer = await things.raw('NONSENSE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('application/problem+json');
  });

  it('answers a body that is shorter than announced, when the sender leaves, with nothing, and lives on', async () => {
    const { hostname, port } = new URL(things.service.url);
    const sent = httpRequest({ hostname, port, method: 'POST', path: '/v1/raw', headers: { 'content-length': 10 } });
    sent.on('error', () => undefined);
    sent.write('12345', () => sent.destroy());
    await new Promise((resolve) => sent.on('close', resolve));
    expect((await things.call('/livez')).status).toBe(200);
  });
});
