import { describe, expect, it } from 'vitest';
import { ProblemError } from '../problems/problem.error.js';
import { parseJsonBody } from './body-parsers.js';

describe('parseJsonBody', () => {
  it('reads JSON', () => {
    expect(parseJsonBody(Buffer.from('{"a":["ü"]}'))).toEqual({ a: ['ü'] });
  });

  it('takes 64 levels, and brackets in strings for text', () => {
    expect(() => parseJsonBody(Buffer.from(`${'['.repeat(64)}${']'.repeat(64)}`))).not.toThrow();
    expect(parseJsonBody(Buffer.from(JSON.stringify(`"\\${'['.repeat(100)}`)))).toHaveLength(102);
  });

  it.each([
    ['an empty body', Buffer.alloc(0)],
    ['no JSON', Buffer.from('{"a":')],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    ['__proto__', Buffer.from('{"a":{"__proto__":{}}}')],
    ['what nests deeper than 64 levels', Buffer.from(`${'['.repeat(65)}${']'.repeat(65)}`)],
    ['half of a surrogate pair', Buffer.from('{"a":["\\ud83d"]}')],
    ['a member named by half of a surrogate pair', Buffer.from('{"\\udc00":1}')],
    ['an escaped __proto__', Buffer.from('{"\\u005f_proto__":{}}')],
  ])('refuses %s as malformed', (_name, body) => {
    expect(() => parseJsonBody(body)).toThrow(expect.objectContaining({ code: 'malformed' }));
    expect(() => parseJsonBody(body)).toThrow(ProblemError);
  });
});
