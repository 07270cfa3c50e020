import { expect, it } from 'vitest';
import { beginningOf, streamedEvents } from './documented-stream.js';

const GREETING = 'retry: 1000\nid: a\n\n';
const EVENT = 'id: b\nevent: attempt\ndata: {"n":1}\n\n';

it('leaves out what carries an id alone, and what is not whole yet', () => {
  expect(streamedEvents(`${GREETING}${EVENT}id: c\nevent: attempt\ndata: {"n":`)).toEqual([
    { event: 'attempt', data: { n: 1 } },
  ]);
});

it('begins what makes an event once the stream is open, and reads until it has come', async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const write = (text: string) => writer.write(new TextEncoder().encode(text));
  const greeted = write(GREETING);
  const { text } = await beginningOf(new Response(readable), () => write(EVENT));
  await greeted;
  expect(text).toBe(GREETING + EVENT);
});
