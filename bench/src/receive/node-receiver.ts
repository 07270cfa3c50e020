import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OnRequest } from './http-receiver.ts';

const LOOPBACK = '127.0.0.1';
const TEXTS = { 200: 'ok', 429: 'no', 503: 'no' } as const;

/** A webhook as Node's own server makes one of it, with nothing above; resolves with its port once it listens. */
export async function startNodeReceiver(onRequest: OnRequest): Promise<number> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () =>
      onRequest(request.url ?? '/', body, {
        answer: (status) => void response.writeHead(status).end(TEXTS[status]),
        send: (bytes) => void response.end(bytes),
        cut: () => void response.destroy(),
      }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  return (server.address() as AddressInfo).port;
}
