import { describe, expect, it } from 'vitest';
import { ProblemError } from './problem.error.js';
import { problemAnswer } from './problem-document.js';
import { problemOf } from './problem-of.js';

const coded = (code: string, retryable: boolean) => Object.assign(new Error('internals'), { code, retryable });

describe('problemOf', () => {
  it('answers retryable errors of any part with unavailable, without their message', () => {
    const problem = problemOf(coded('publisher_full', true));
    expect(problem).toMatchObject({ code: 'unavailable' });
    expect(problem?.message).not.toContain('internals');
  });

  it.each([
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    [
      'a cancelled statement',
      Object.assign(new Error('query'), { driverError: Object.assign(new Error(), { code: '57014' }) }),
    ],
    ['a server that stops', Object.assign(new Error('terminating'), { code: '57P01' })],
    ['a connection that breaks', new Error('Connection terminated unexpectedly')],
    ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
  ])('answers %s with unavailable', (_what, error) => {
    expect(problemOf(error)).toMatchObject({ code: 'unavailable', cause: error });
  });

  it('takes a statement that is wrong for a fault of ours', () => {
    expect(problemOf(Object.assign(new Error('syntax error'), { code: '42601' }))).toBeNull();
  });

  it('keeps a code that the public surface knows', () => {
    expect(problemOf(coded('version_mismatch', false))).toMatchObject({ code: 'version_mismatch' });
  });

  it("takes a code that only we know, and a programmer's error, for a fault of ours", () => {
    expect(problemOf(coded('record_too_large', false))).toBeNull();
    expect(problemOf(new TypeError('x is undefined'))).toBeNull();
    expect(problemOf('thrown text')).toBeNull();
  });
});

describe('problemAnswer', () => {
  it('is an RFC 9457 document with the code', () => {
    expect(problemAnswer(new ProblemError('not_found', 'there is no integration int_1'))).toEqual({
      status: 404,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
      body: {
        type: 'urn:hookstile:problem:not_found',
        title: 'There is no such thing',
        status: 404,
        detail: 'there is no integration int_1',
        code: 'not_found',
      },
    });
  });

  it.each([['rate_limited'], ['unavailable']])('says when to try %s again', (code) => {
    expect(problemAnswer(new ProblemError(code, 'later')).headers['retry-after']).toBe('1');
    expect(problemAnswer(new ProblemError(code, 'later', { retryAfterSeconds: 7 })).headers['retry-after']).toBe('7');
  });

  it('takes a status for a code that it does not know', () => {
    expect(problemAnswer(new ProblemError('teapot', 'short and stout', { status: 418 })).status).toBe(418);
  });
});
