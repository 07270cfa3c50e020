import type { EventAttributes } from '@hookstile/contracts';

const END = Buffer.from('}');

/**
 * The body `{"type","timestamp","data"}`: compact, with the producer's bytes of `data` inserted exactly as they came,
 * so that no number form, escape or whitespace changes. The timestamp is the event's time, else its acceptance.
 */
export function standardBody(event: EventAttributes, data: Buffer): Buffer {
  const timestamp = event.time ?? event.acceptedAt;
  const start = Buffer.from(`{"type":${JSON.stringify(event.type)},"timestamp":${JSON.stringify(timestamp)},"data":`);
  return Buffer.concat([start, data, END]);
}
