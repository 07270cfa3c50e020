import type { EventAttributes } from '@hookstile/contracts';

const END = '}'.charCodeAt(0);

/**
 * The body `{"type","timestamp","data"}`: compact, with the producer's bytes of `data` inserted exactly as they came,
 * so that no number form, escape or whitespace changes. The timestamp is the event's time, else its acceptance.
 */
export function standardBody(event: EventAttributes, data: Buffer): Buffer {
  const timestamp = event.time ?? event.acceptedAt;
  const start = `{"type":${JSON.stringify(event.type)},"timestamp":${JSON.stringify(timestamp)},"data":`;
  // Written once, in place: each delivery has one.
  const startBytes = Buffer.byteLength(start);
  const body = Buffer.allocUnsafe(startBytes + data.length + 1);
  body.write(start, 'utf8');
  body.set(data, startBytes);
  body[startBytes + data.length] = END;
  return body;
}
