import { connect } from 'node:net';

const TIMEOUT_MS = 10_000;
const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) /;

/**
 * The status of the answer to a request whose header lines go out byte by byte as they are given: also such as no HTTP
 * client would send.
 */
export function rawStatus(
  url: string,
  requestLine: string,
  headerLines: readonly (string | Buffer)[],
): Promise<number> {
  const { hostname, port, host } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = connect(Number(port), hostname);
  const lines = [`${requestLine} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headerLines, '', ''];
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
  socket.once('connect', () => {
    socket.write(
      Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [bytes(line)] : [bytes('\r\n'), bytes(line)]))),
    );
  });
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  socket.once('error', reject);
  socket.once('close', () => {
    const status = STATUS_LINE.exec(answer)?.[1];
    if (status === undefined) reject(new Error(`not an HTTP answer: ${JSON.stringify(answer)}`));
    else resolve(Number(status));
  });
  return promise;
}

const bytes = (line: string | Buffer): Buffer => (typeof line === 'string' ? Buffer.from(line, 'latin1') : line);
