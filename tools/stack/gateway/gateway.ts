import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  answerBroken,
  BoundedConnections,
  clearHeadsOf,
  NODE_HEADERS_MAX_COUNT,
  ProblemError,
  type ProblemOfHead,
  problemAnswer,
  refuseTunnel,
} from '@hookstile/service-runtime/edge';
import { Pool } from 'undici';
import { isStream, type Upstream, upstreamOf } from './route-table.ts';

/** More than the bodies that a service lets one tenant have on their way (500): slow ones leave connections for everything else. */
const CONNECTIONS_PER_UPSTREAM = 1_000;
/**
 * More than the decisions that one dispatcher lets wait (4,096 by default): webhooks that hang, of whichever rules, leave
 * connections for everything else.
 */
const DISPATCHER_CONNECTIONS = 5_000;
/** A stream keeps its connection: more than one audit process lets be open, so that none of the others waits behind them. */
const STREAM_CONNECTIONS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** An upstream answers within its own bounds (a decision or a test takes at most a minute); streams have no end. */
const UPSTREAM_HEADERS_TIMEOUT_MS = 120_000;
/** Longer than a service waits for a body (30 s), so that it is the service that answers. */
const REQUEST_TIMEOUT_MS = 40_000;
const HEADERS_TIMEOUT_MS = 10_000;
const OVERDUE_CHECK_INTERVAL_MS = 2_000;
const CONNECTION_BOUNDS = { connectionsMax: 10_000, pipelinedMax: 32 };
/** Longer than clients keep idle connections, else one is closed just as it is used again. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** Headers that belong to one connection only (RFC 9110, 7.6.1), and `expect`, which Node has answered already. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

const noRoute = () => new ProblemError('not_found', 'no route has this path');
const unavailable = (service: Upstream) =>
  new ProblemError('unavailable', `the service ${service} does not answer at present`, { retryAfterSeconds: 1 });

export interface Gateway {
  close(): Promise<void>;
}

export interface GatewayOptions {
  port: number;
  host: string;
  /** Where each service listens, such as `http://127.0.0.1:4001`. */
  upstreams: Readonly<Record<Upstream, string>>;
}

/** One address for every /v1 path. Bodies stream through in both directions: nothing is buffered, nothing cut off. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const pools = new Map(
    Object.entries(options.upstreams).map(([name, url]) => [
      name as Upstream,
      poolOf(url, name === 'dispatcher' ? DISPATCHER_CONNECTIONS : CONNECTIONS_PER_UPSTREAM),
    ]),
  );
  const streams = poolOf(options.upstreams.audit, STREAM_CONNECTIONS);
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: OVERDUE_CHECK_INTERVAL_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      // A request without the header is refused here, with a problem.
      requireHostHeader: false,
    },
    (request, response) => {
      const problem = problemOfHead(request);
      if (connections.isClosing(request)) response.setHeader('connection', 'close');
      if (problem === null) void answer(request, response, pools, streams);
      else refuse(request, response, problem);
    },
  );
  server.maxHeadersCount = NODE_HEADERS_MAX_COUNT;
  const connections = new BoundedConnections(server, CONNECTION_BOUNDS);
  const problemOfHead: ProblemOfHead = clearHeadsOf(server, connections);
  server.on('clientError', (error: Error, socket: Socket) => answerBroken(error, socket, connections));
  server.on('connect', (_request, socket) => refuseTunnel(socket as Socket, connections));
  await listen(server, options.port, options.host);
  return {
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([...pools.values(), streams].map((pool) => pool.destroy()));
    },
  };
}

function poolOf(url: string, connections: number): Pool {
  return new Pool(url, {
    connections,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: UPSTREAM_HEADERS_TIMEOUT_MS,
    bodyTimeout: 0,
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pools: ReadonlyMap<Upstream, Pool>,
  streams: Pool,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const path = url.split('?', 1)[0] ?? '/';
  if (method === 'GET' && path === '/livez') return plain(response, 200, '{"status":"alive"}');
  if (method === 'GET' && path === '/readyz') return readiness(response, pools);
  const upstream = upstreamOf(method, path);
  const pool = isStream(path) ? streams : upstream && pools.get(upstream);
  if (upstream === null || !pool) return refuse(request, response, noRoute());
  await forward(request, response, pool, upstream);
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  pool: Pool,
  upstream: Upstream,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const body = bodyOf(request);
  try {
    const answered = await pool.request({
      path: request.url ?? '/',
      method: (request.method ?? 'GET') as 'GET',
      headers: endToEnd(request.rawHeaders),
      body,
      signal: gone.signal,
      responseHeaders: 'raw',
    });
    response.writeHead(answered.statusCode, endToEnd(answered.headers as unknown as string[]));
    answered.body.once('error', () => breakOff(response));
    await pipeline(answered.body, response);
    request.resume();
  } catch {
    if (response.headersSent || response.destroyed) response.destroy();
    else refuse(request, response, unavailable(upstream));
  }
}

/** To a caller that speaks HTTP/1.0, as proxies like to, an orderly close would be the answer's end. */
function breakOff(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

/**
 * The request's body behind a stream of its own: undici destroys what it did not send to the end when the answer came
 * early (413), and that must not cut the caller's connection before the answer is through.
 */
function bodyOf(request: IncomingMessage): PassThrough | null {
  if (!('content-length' in request.headers || 'transfer-encoding' in request.headers)) return null;
  const body = new PassThrough();
  body.on('error', () => {});
  request.once('error', (error) => body.destroy(error));
  return request.pipe(body);
}

/** Names and values in turn, in order and with duplicates, as they came. */
function endToEnd(raw: readonly string[]): string[] {
  const named = raw
    .filter((_, index) => raw[index - 1]?.toLowerCase() === 'connection' && index % 2 === 1)
    .flatMap((value) =>
      value
        .toLowerCase()
        .split(',')
        .map((name) => name.trim()),
    );
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = String(raw[index]);
    const lower = name.toLowerCase();
    if (!HOP_BY_HOP.has(lower) && !named.includes(lower)) kept.push(name, String(raw[index + 1]));
  }
  return kept;
}

/** What is left of the request's body is read and dropped, so that the connection stays usable. */
function refuse(request: IncomingMessage, response: ServerResponse, problem: ProblemError): void {
  request.resume();
  const { status, headers, body } = problemAnswer(problem);
  response.writeHead(status, headers).end(JSON.stringify(body));
}

function plain(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}

async function readiness(response: ServerResponse, pools: ReadonlyMap<Upstream, Pool>): Promise<void> {
  const services = await Promise.all(
    [...pools].map(async ([name, pool]) => {
      const ready = await pool.request({ path: '/readyz', method: 'GET' }).then(
        async ({ statusCode, body }) => {
          await body.dump();
          return statusCode === 200;
        },
        () => false,
      );
      return [name, ready ? 'ready' : 'not ready'] as const;
    }),
  );
  const ready = services.every(([, state]) => state === 'ready');
  const body = { status: ready ? 'ready' : 'not ready', services: Object.fromEntries(services) };
  plain(response, ready ? 200 : 503, JSON.stringify(body));
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}
