import { Pool } from 'undici';
import type { BareApi, BareCommand, BareReport, BareRun } from './bare.types.ts';

const HEADERS = [
  'content-type',
  'application/json',
  'user-agent',
  'Hookstile/0.1.0',
  'webhook-id',
  'dlv_0123456789abcdefghjkmnpqrs',
  'webhook-timestamp',
  '1700000000',
  'webhook-signature',
  'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  'traceparent',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
];
const WARM_UP_SECONDS = 1;
const MS_PER_SECOND = 1_000;
const US_PER_MS = 1_000;

const report = (message: BareReport): void => {
  process.send?.(message);
};

type Post = (pool: Pool, path: string, body: Buffer) => Promise<void>;

async function request(pool: Pool, path: string, body: Buffer): Promise<void> {
  const answer = await pool.request({ path, method: 'POST', headers: HEADERS, body });
  await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`the receiver answered ${answer.statusCode}`);
}

function dispatch(pool: Pool, path: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { path, method: 'POST', headers: HEADERS, body },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, status) => {
          if (status !== 200) reject(new Error(`the receiver answered ${status}`));
        },
        onResponseData: () => {},
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

const POSTS: Record<BareApi, Post> = { request, dispatch };

/** What undici alone reaches: the bodies of deliveries, ready-made headers, nothing signed, nothing kept. */
async function measure(run: BareRun): Promise<BareReport> {
  const pool = new Pool(run.origin, { connections: run.connections, pipelining: 1, allowH2: false });
  const post = POSTS[run.api];
  const padding = 'x'.repeat(run.dataBytes);
  let sent = 0;
  const client = async (endMs: number): Promise<void> => {
    while (performance.now() < endMs) {
      const n = sent++;
      const integration = n % run.integrations;
      const data = `{"r":${run.run},"s":${integration},"n":${Math.floor(n / run.integrations)},"text":"${padding}"}`;
      const body = Buffer.from(`{"type":"bench.${integration}","timestamp":"2026-01-01T00:00:00.000Z","data":${data}}`);
      await post(pool, `/${integration}`, body);
    }
  };
  const sendFor = (seconds: number) => {
    const endMs = performance.now() + seconds * MS_PER_SECOND;
    return Promise.all(Array.from({ length: run.connections }, () => client(endMs)));
  };
  await sendFor(WARM_UP_SECONDS);
  const [from, startedAt, cpu] = [sent, performance.now(), process.cpuUsage()];
  await sendFor(run.seconds);
  const seconds = (performance.now() - startedAt) / MS_PER_SECOND;
  const { user, system } = process.cpuUsage(cpu);
  await pool.close();
  const measured = sent - from;
  return { kind: 'done', perSecond: measured / seconds, cpuMsEach: (user + system) / US_PER_MS / measured };
}

process.on('message', async ({ run }: BareCommand) => {
  try {
    report(await measure(run));
  } catch (error) {
    report({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
