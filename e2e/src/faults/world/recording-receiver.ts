import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  path: string;
  /** Which of an integration's addresses it came to: the `v` of the query, 0 without one. */
  address: number;
  deliveryId: string;
  traceparent: string;
  n: number;
  members: readonly number[];
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
  /** How many were answered with 200. */
  readonly successes: number;
  /** How many wait for their answer. */
  readonly open: number;
  close(): Promise<void>;
}

/** Takes webhooks, answers as it is told, and records of each whether its answer could be given. */
export async function startRecordingReceiver(answering: Answering): Promise<RecordingReceiver> {
  const requests: RecordedRequest[] = [];
  const attempts = new Map<string, number>();
  let successes = 0;
  let open = 0;

  const receive = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname: path, searchParams } = new URL(incoming.url ?? '/', 'http://receiver');
    const address = Number(searchParams.get('v') ?? 0);
    const deliveryId = String(incoming.headers['webhook-id'] ?? '');
    const request: RecordedRequest = {
      path,
      address,
      deliveryId,
      traceparent: String(incoming.headers.traceparent ?? ''),
      n: -1,
      members: [],
      arrivedAtMs: Date.now(),
      endedAtMs: null,
      status: null,
    };
    response.once('close', () => {
      request.endedAtMs ??= Date.now();
      if (request.n < 0) return;
      open -= 1;
      if (request.status === 200) successes += 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    request.members = numbersIn(Buffer.concat(chunks).toString());
    request.n = request.members[0] ?? -1;
    requests.push(request);
    if (!response.closed) open += 1;
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
    get successes() {
      return successes;
    },
    get open() {
      return open;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A batch is an array of what a single event is alone. */
function numbersIn(body: string): number[] {
  const parsed = JSON.parse(body) as Event | Event[];
  return [parsed].flat().map(({ data }) => data.n);
}

interface Event {
  data: { n: number };
}
