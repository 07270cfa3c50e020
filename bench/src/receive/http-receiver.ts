import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /content-length: (\d+)/i;
const LOOPBACK = '127.0.0.1';

const ANSWERS = {
  200: Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
  429: Buffer.from('HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 2\r\n\r\nno'),
  503: Buffer.from('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\nno'),
} as const;

/** Of one request; its connection brings no other before it was answered. */
export interface Exchange {
  answer(status: keyof typeof ANSWERS): void;
  /** 200 with this body. */
  send(body: Buffer): void;
  cut(): void;
}

/** @param body as Latin-1 */
export type OnRequest = (path: string, body: string, exchange: Exchange) => void;

function serve(socket: Socket, onRequest: OnRequest): void {
  let received = '';
  socket.setNoDelay(true);
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  const exchange: Exchange = {
    answer: (status) => void socket.write(ANSWERS[status]),
    send: (body) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body.toString('latin1')}`, 'latin1');
    },
    cut: () => void socket.destroy(),
  };
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
      const body = received.slice(headEnd + HEAD_END.length, end);
      received = received.slice(end);
      onRequest(path, body, exchange);
    }
  });
}

/** An HTTP server that costs as little as it can: requests with a content-length in, an answer out. */
export class HttpReceiver {
  readonly #onRequest: OnRequest;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  port = 0;

  constructor(onRequest: OnRequest) {
    this.#onRequest = onRequest;
  }

  /** Listens, after a `refuse` on the same port again. */
  listen(): Promise<void> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      serve(socket, this.#onRequest);
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, LOOPBACK, () => {
        this.port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Cuts its connections; new ones are refused. */
  refuse(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    return new Promise((resolve) => {
      if (!server) return resolve();
      server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }
}

/** Resolves with the receiver once it listens. */
export async function startHttpReceiver(onRequest: OnRequest): Promise<HttpReceiver> {
  const receiver = new HttpReceiver(onRequest);
  await receiver.listen();
  return receiver;
}
