import { type AddressInfo, createServer, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /content-length: (\d+)/i;
const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');

/** @param body as Latin-1 */
export type OnRequest = (path: string, body: string) => void;

function serve(socket: Socket, onRequest: OnRequest): void {
  let received = '';
  socket.setNoDelay(true);
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (text: string) => {
    received += text;
    for (;;) {
      const headEnd = received.indexOf(HEAD_END);
      if (headEnd < 0) return;
      const length = Number(CONTENT_LENGTH.exec(received.slice(0, headEnd))?.[1] ?? 0);
      const end = headEnd + HEAD_END.length + length;
      if (received.length < end) return;
      const pathStart = received.indexOf(' ') + 1;
      const path = received.slice(pathStart, received.indexOf(' ', pathStart));
      onRequest(path, received.slice(headEnd + HEAD_END.length, end));
      received = received.slice(end);
      socket.write(ANSWER);
    }
  });
}

/** An HTTP server that costs as little as it can: requests with a content-length in, 200 out. Resolves with its port. */
export function startHttpReceiver(onRequest: OnRequest): Promise<number> {
  const server = createServer((socket) => serve(socket, onRequest));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
