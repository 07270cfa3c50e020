import { Pool } from 'undici';
import type { BareCommand, BareReport, BareRun } from './bare.types.ts';

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
const WARM_UP_PART = 0.2;
const US_PER_MS = 1_000;

const report = (message: BareReport): void => {
  process.send?.(message);
};

function post(pool: Pool, path: string, body: Buffer): Promise<void> {
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

/** What undici alone reaches: the bodies of deliveries, ready-made headers, nothing signed, nothing kept. */
async function measure(run: BareRun): Promise<BareReport> {
  const pool = new Pool(run.origin, { connections: run.connections, pipelining: 1, allowH2: false });
  const padding = 'x'.repeat(run.dataBytes);
  let next = 0;
  const client = async (end: number): Promise<void> => {
    for (let n = next++; n < end; n = next++) {
      const integration = n % run.integrations;
      const data = `{"r":${run.run},"s":${integration},"n":${Math.floor(n / run.integrations)},"text":"${padding}"}`;
      const body = Buffer.from(`{"type":"bench.${integration}","timestamp":"2026-01-01T00:00:00.000Z","data":${data}}`);
      await post(pool, `/${integration}`, body);
    }
    next = Math.min(next, end);
  };
  const all = (end: number) => Promise.all(Array.from({ length: run.connections }, () => client(end)));
  const warmUp = Math.floor(run.requests * WARM_UP_PART);
  await all(warmUp);
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  await all(run.requests);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await pool.close();
  const measured = run.requests - warmUp;
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
