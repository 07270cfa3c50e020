import { describe, expect, it } from 'vitest';
import { loggedBody, loggedHeaders } from './logged-exchange.js';

describe('logged bodies', () => {
  it('are text where the bytes are UTF-8, byte for byte', () => {
    expect(loggedBody(Buffer.from('\ufeff{"ü":1}'))).toEqual({ body: '\ufeff{"ü":1}', bodyEncoding: 'utf8' });
  });

  it('are base64 where they are not, and say so', () => {
    expect(loggedBody(Buffer.from([0xff, 0x00]))).toEqual({ body: '/wA=', bodyEncoding: 'base64' });
  });

  it('are null where none was kept', () => {
    expect(loggedBody(null)).toEqual({ body: null, bodyEncoding: null });
  });
});

describe('logged headers', () => {
  it('join the values of a repeated name', () => {
    expect({
      ...loggedHeaders([
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ]),
    }).toEqual({ a: '1, 3', b: '2' });
  });

  it('keep a header that is named like a member of every object', () => {
    expect(JSON.stringify(loggedHeaders([['__proto__', '1']]))).toBe('{"__proto__":"1"}');
  });
});
