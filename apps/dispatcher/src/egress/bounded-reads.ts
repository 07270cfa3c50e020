import type { Socket } from 'node:net';
import { READ_MAX_BYTES, RESPONSE_WIRE_MAX_BYTES } from './response.bounds.js';
import { ResponseTooLongError } from './response-too-long.error.js';

/** What came on a connection for its present request. */
export interface Received {
  bytes: number;
}

/**
 * Gives out what comes on a connection in small pieces, and ends it where more comes for one request than any answer takes.
 * Only here all bytes are seen: undici's parser tells of no blanks, chunk extensions or empty lines, and reads them
 * for as long as they come. Behind the bound on headers it makes an error for each header that the piece in hand still
 * holds: 120 ms for 64 KiB of them.
 */
export function boundReads(socket: Socket, received: Received): void {
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    if (socket.destroyed) return null;
    // Node's own way to look for more, at the end of the stream among others: what it gave out would be lost.
    if (size === 0) return read(0);
    const chunk: Buffer | null = read(Math.min(socket.readableLength, READ_MAX_BYTES) || undefined);
    if (chunk === null) return null;
    received.bytes += chunk.length;
    if (received.bytes <= RESPONSE_WIRE_MAX_BYTES) return chunk;
    socket.destroy(new ResponseTooLongError(RESPONSE_WIRE_MAX_BYTES));
    return null;
  };
}
