import type { Socket } from 'node:net';

const DRIP_INTERVAL_MS = 20;
const FLOOD_CHUNK_MIN_BYTES = 16 * 1024;

export type Treatment = (socket: Socket) => void;

/** As soon as some of a request has come. */
export function whenAsked(treatment: Treatment): Treatment {
  return (socket) => {
    socket.once('data', () => treatment(socket));
  };
}

/** Answers each request with these bytes, and leaves the connection open. */
export function answering(bytes: string | Buffer): Treatment {
  return (socket) => {
    socket.on('data', () => socket.write(bytes));
  };
}

/** Answers, and says that nothing else follows. */
export function answeringAtLast(bytes: string | Buffer): Treatment {
  return whenAsked((socket) => socket.end(bytes));
}

/** Goes on for as long as it is read, as fast as it is. */
export function flooding(begin: string, again: string | Buffer): Treatment {
  const piece = Buffer.from(again);
  const chunk = Buffer.concat(Array.from({ length: Math.ceil(FLOOD_CHUNK_MIN_BYTES / piece.length) }, () => piece));
  return whenAsked((socket) => {
    const flood = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.write(begin);
    socket.on('drain', flood);
    flood();
  });
}

/** Goes on for ever, a little at a time: something comes before any pause is a long one. */
export function dripping(begin: string, drop: string): Treatment {
  return whenAsked((socket) => {
    socket.write(begin);
    const timer = setInterval(() => socket.write(drop), DRIP_INTERVAL_MS);
    socket.once('close', () => clearInterval(timer));
  });
}

/** Writes these bytes one by one. */
export function byteByByte(bytes: string | Buffer): Treatment {
  return whenAsked((socket) => {
    const rest = [...Buffer.from(bytes)];
    const timer = setInterval(() => {
      const next = rest.shift();
      if (next === undefined) clearInterval(timer);
      else socket.write(Buffer.of(next));
    }, DRIP_INTERVAL_MS);
    socket.once('close', () => clearInterval(timer));
  });
}
