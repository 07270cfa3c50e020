import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { boundReads } from './bounded-reads.js';
import { READ_MAX_BYTES, RESPONSE_WIRE_MAX_BYTES } from './response.bounds.js';
import { ResponseTooLongError } from './response-too-long.error.js';

function aConnection() {
  const stream = new PassThrough({ highWaterMark: 2 * RESPONSE_WIRE_MAX_BYTES });
  const received = { bytes: 0 };
  boundReads(stream as unknown as Socket, received);
  return { stream, received };
}

it('gives out what came in small pieces', () => {
  const { stream, received } = aConnection();
  stream.write(Buffer.alloc(READ_MAX_BYTES + 1));
  expect([stream.read()?.length, stream.read()?.length, stream.read()]).toEqual([READ_MAX_BYTES, 1, null]);
  expect(received.bytes).toBe(READ_MAX_BYTES + 1);
});

it('takes nothing where Node only looks whether more has come, as it does at the end of a stream', () => {
  const { stream, received } = aConnection();
  stream.end('the answer');
  expect([stream.read(0), received.bytes]).toEqual([null, 0]);
  expect(String(stream.read())).toBe('the answer');
});

it('ends the connection where more comes than any answer takes', () => {
  const { stream } = aConnection();
  const failed = new Promise((resolve) => stream.once('error', resolve));
  stream.write(Buffer.alloc(RESPONSE_WIRE_MAX_BYTES + 1));
  for (let pieces = RESPONSE_WIRE_MAX_BYTES / READ_MAX_BYTES; pieces > 0; pieces -= 1) stream.read();
  expect(stream.read()).toBeNull();
  return expect(failed).resolves.toBeInstanceOf(ResponseTooLongError);
});
