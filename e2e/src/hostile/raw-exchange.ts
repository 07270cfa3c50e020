import { connect } from 'node:net';

/** A second answer begins right behind the body of the first. */
const STATUS_LINE = /HTTP\/1\.1 (\d{3}) /g;

export interface RawRequest {
  method: string;
  path: string;
  /** Lines without their ends. */
  headers: readonly string[];
  body: Buffer;
  /** Says behind the body that no more comes, as a client that died half-way. */
  endsEarly?: boolean;
}

/**
 * Sends a request as its bytes, also such as no HTTP client would send, and waits until the server closes: it must,
 * whatever it thinks of it.
 * @returns the statuses of all answers, and all that was answered
 */
export function rawExchange(
  url: string,
  { method, path, headers, body, endsEarly = false }: RawRequest,
  timeoutMs: number,
): Promise<{ statuses: number[]; text: string }> {
  const { hostname, port, host } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<{ statuses: number[]; text: string }>();
  const socket = connect(Number(port), hostname);
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`not closed within ${timeoutMs} ms`)));
  const head = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers, '', ''].join('\r\n');
  socket.once('connect', () => {
    socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
    if (endsEarly) socket.end();
  });
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    // A stream would go on.
    if (text.includes('text/event-stream')) socket.destroy();
  });
  // A server that refuses a body closes while it is still being written.
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
  });
  socket.once('close', () => {
    resolve({ statuses: [...text.matchAll(STATUS_LINE)].map(([, status]) => Number(status)), text });
  });
  return promise;
}

/** A body in chunks of `size`, as `Transfer-Encoding: chunked` writes it. */
export function chunked(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}
