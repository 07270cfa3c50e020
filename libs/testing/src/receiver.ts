import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certified } from './certificates.js';
import { until } from './until.js';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The bytes exactly as they came. */
  body: Buffer;
  /** Unix milliseconds when the request's head had come. */
  arrivedAtMs: number;
  /** Which request on this path it is, from 1. */
  attempt: number;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Waits before the answer begins. */
  delayMs?: number;
  /** Closes the connection without an answer. */
  reset?: boolean;
}

export type Answering = (request: ReceivedRequest) => Answer | Promise<Answer>;

export interface Receiver {
  url: string;
  port: number;
  /** Every request, in order of arrival. */
  requests: readonly ReceivedRequest[];
  /** The requests on one path. */
  on(path: string): readonly ReceivedRequest[];
  /**
   * Programs a path: a function of the request, or a list of answers, one an attempt, the last one for all that
   * follow. A path without a program answers 200.
   */
  answer(path: string, answers: Answering | readonly (Answer | number)[]): void;
  /** Resolves with the requests on `path` once there are at least `count`. */
  received(path: string, count: number, timeoutMs?: number): Promise<readonly ReceivedRequest[]>;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function programOf(answers: Answering | readonly (Answer | number)[]): Answering {
  if (typeof answers === 'function') return answers;
  return ({ attempt }) => {
    const answer = answers[Math.min(attempt, answers.length) - 1] ?? 200;
    return typeof answer === 'number' ? { status: answer } : answer;
  };
}

async function send(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.delayMs) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
  if (answer.reset) {
    response.socket?.destroy();
    return;
  }
  response.writeHead(answer.status ?? 200, answer.headers ?? {});
  response.end(answer.body);
}

/** A real HTTP server, or HTTPS with a certificate, on a port of its own that records what comes and answers as told. */
export async function startReceiver(port = 0, tls?: Certified): Promise<Receiver> {
  const byPath = new Map<string, ReceivedRequest[]>();
  const requests: ReceivedRequest[] = [];
  const programs = new Map<string, Answering>();
  const on = (path: string) => byPath.get(path) ?? [];

  const listener: RequestListener = async (incoming, response) => {
    const arrivedAtMs = Date.now();
    const path = incoming.url ?? '/';
    try {
      const body = await bodyOf(incoming);
      const seen = byPath.get(path) ?? [];
      const { method = '', headers } = incoming;
      const request = { method, path, headers, body, arrivedAtMs, attempt: seen.length + 1 };
      seen.push(request);
      byPath.set(path, seen);
      requests.push(request);
      await send(response, (await programs.get(path)?.(request)) ?? {});
    } catch {
      response.destroy();
    }
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const { port: boundPort } = server.address() as AddressInfo;

  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${boundPort}`,
    port: boundPort,
    requests,
    on,
    answer: (path, answers) => void programs.set(path, programOf(answers)),
    received: (path, count, timeoutMs) =>
      until(() => (on(path).length >= count ? on(path) : null), {
        what: `${count} requests on ${path}`,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
