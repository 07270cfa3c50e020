import { createServer, type IncomingMessage } from 'node:http';

/** `receiver.ts <port>`: the demo's webhooks. Plays a healthy one, one that recovers and a dead one, and shows what came. */

const KEPT_PER_PATH = 500;
const BODY_MAX_BYTES = 1024 * 1024;
const FAILURES_BEFORE_RECOVERY = 2;

export interface Received {
  at: string;
  status: number;
  headers: Record<string, string>;
  body: string;
}

const SHOWN_HEADERS = [
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'traceparent',
  'user-agent',
  'content-type',
];

const received = new Map<string, Received[]>();
const attemptsOf = new Map<string, number>();

/** /recovers refuses the first two attempts of each demo's first event; /dead refuses all. */
function statusFor(path: string, webhookId: string, body: string): number {
  if (path === '/dead') return 503;
  if (path !== '/recovers' || !isFirstOfDemo(body)) return 200;
  const attempt = (attemptsOf.get(webhookId) ?? 0) + 1;
  attemptsOf.set(webhookId, attempt);
  return attempt <= FAILURES_BEFORE_RECOVERY ? 503 : 200;
}

function isFirstOfDemo(body: string): boolean {
  try {
    return (JSON.parse(body) as { data?: { run?: string; n?: number } }).data?.n === 1;
  } catch {
    return false;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_MAX_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function keep(path: string, entry: Received): void {
  const entries = received.get(path) ?? [];
  entries.push(entry);
  if (entries.length > KEPT_PER_PATH) entries.shift();
  received.set(path, entries);
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://receiver');
  if (request.method === 'GET') {
    const path = url.searchParams.get('path');
    const shown = path === null ? Object.fromEntries(received) : (received.get(path) ?? []);
    response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(shown, null, 2)}\n`);
    return;
  }
  try {
    const body = await bodyOf(request);
    const headers = Object.fromEntries(SHOWN_HEADERS.map((name) => [name, String(request.headers[name] ?? '')]));
    const status = statusFor(url.pathname, headers['webhook-id'] ?? '', body);
    keep(url.pathname, { at: new Date().toISOString(), status, headers, body });
    response.writeHead(status).end();
  } catch {
    response.destroy();
  }
});

server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
