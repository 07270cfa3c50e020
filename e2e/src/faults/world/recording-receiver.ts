import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  path: string;
  deliveryId: string;
  n: number;
  arrivedAtMs: number;
  /** When the answer was out, or the connection had gone; null: neither yet. */
  endedAtMs: number | null;
  /** Null: the connection went before the answer. */
  status: number | null;
}

export type Answering = (path: string, n: number, attempt: number) => { status: number; delayMs: number };

export interface RecordingReceiver {
  url: string;
  /** In order of arrival. */
  requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

const nowMs = (): number => performance.timeOrigin + performance.now();

/** Takes webhooks, answers as it is told, and records of each whether its answer could be given. */
export async function startRecordingReceiver(answering: Answering): Promise<RecordingReceiver> {
  const requests: RecordedRequest[] = [];
  const attempts = new Map<string, number>();

  const receive = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = incoming.url ?? '/';
    const deliveryId = String(incoming.headers['webhook-id'] ?? '');
    const request: RecordedRequest = { path, deliveryId, n: -1, arrivedAtMs: nowMs(), endedAtMs: null, status: null };
    response.once('close', () => {
      request.endedAtMs ??= nowMs();
    });
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    request.n = (JSON.parse(Buffer.concat(chunks).toString()) as { data: { n: number } }).data.n;
    requests.push(request);
    const attempt = (attempts.get(deliveryId) ?? 0) + 1;
    attempts.set(deliveryId, attempt);
    const { status, delayMs } = answering(path, request.n, attempt);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (response.destroyed || incoming.socket.destroyed) return;
    request.status = status;
    response.writeHead(status, { 'content-length': 0 }).end();
  };
  // A request that broke off half way never came: there is nothing to record.
  const server = createServer((incoming, response) => void receive(incoming, response).catch(() => response.destroy()));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
