import { until } from '@hookstile/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandLine, FakeApi, json } from '../command-line.fake.ts';

const row = (n: number) => ({
  at: '2026-01-02T03:04:05.006Z',
  integrationId: 'int_1',
  deliveryId: `dlv_${n}`,
  deliveryIds: [`dlv_${n}`],
  eventType: 'a.b',
  attempt: n,
  trigger: 'event',
  outcome: n === 1 ? 'succeeded' : 'failed',
  httpStatus: n === 1 ? 200 : 500,
  error: n === 1 ? null : 'http_status',
  durationMs: 12.5,
  nextAttemptAt: null,
  request: { method: 'POST', url: 'https://e/\u001b[2J' },
});
const message = (n: number) => `id: c${n}\nevent: attempt\ndata: ${JSON.stringify(row(n))}\n\n`;

let api: FakeApi;
let line: CommandLine;

beforeEach(async () => {
  api = await FakeApi.start();
  line = new CommandLine();
  line.environment = { HOOKSTILE_URL: api.url, HOOKSTILE_API_KEY: 'hk_1' };
});
afterEach(() => api.close());

describe('tail', () => {
  it('goes on where a broken stream was, also behind what was no attempt', async () => {
    const ends = ['', 'id: c2_later\n\n', message(3)];
    api.answer = (_request, response) => {
      const n = api.requests.length;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`retry: 1\nid: start\n\n${n <= 2 ? message(n) : ''}${ends[n - 1] ?? ''}`, () =>
        response.destroy(),
      );
    };
    expect(await line.run('tail', '--count', '3')).toBe(0);
    expect(api.requests.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 'c1', 'c2_later']);
    expect(line.out.split('\n')).toEqual([
      '2026-01-02T03:04:05.006Z  ok 200  13 ms  a.b  int_1  dlv_1  POST https://e/ [2J',
      '2026-01-02T03:04:05.006Z  FAILED 500  13 ms  a.b  int_1  dlv_2  POST https://e/ [2J  attempt 2  http_status',
      '2026-01-02T03:04:05.006Z  FAILED 500  13 ms  a.b  int_1  dlv_3  POST https://e/ [2J  attempt 3  http_status',
      '',
    ]);
  });

  it('waits for a service that is away for a while, and ends at a refusal', async () => {
    api.answer = (_request, response) => {
      const n = api.requests.length;
      if (n === 1) response.writeHead(200).end('retry: 1\nid: c0\n\n');
      else if (n === 2) json(response, 503, { code: 'unavailable', detail: 'stopping' }, { 'retry-after': '0' });
      else json(response, 401, { code: 'unauthorized', detail: 'a valid key is needed' });
    };
    expect(await line.run('tail')).toBe(1);
    expect(line.err).toContain('Failed: stopping (503 unavailable).; connecting again');
    expect(line.err).toContain('Refused: a valid key is needed (401 unauthorized).');
  });

  it('sends its options as filters, and tells of a gap', async () => {
    api.answer = (_request, response) => {
      response.writeHead(200);
      response.write(`event: gap\ndata: {"reason":"too_old","since":"2026-01-01T00:00:00.000Z"}\n\n${message(1)}`);
    };
    expect(
      await line.run(
        'tail',
        '--count',
        '1',
        '--json',
        '--outcome',
        'failed',
        '--search',
        'ä b',
        '--last-event-id',
        'x',
      ),
    ).toBe(0);
    expect(api.requests[0]).toMatchObject({
      path: '/v1/event-log/stream?outcome=failed&q=%C3%A4+b',
      headers: { 'last-event-id': 'x' },
    });
    expect(line.err).toContain('Attempts are missing here (too_old)');
    expect(JSON.parse(line.out)).toEqual(row(1));
  });

  it('ends when it is told to', async () => {
    api.answer = (_request, response) => void response.writeHead(200).write(message(1));
    const running = line.run('tail');
    await until(() => line.out.includes('dlv_1'));
    line.stop.abort();
    expect(await running).toBe(0);
  });

  it('does not wait for an API that never was there', async () => {
    line.environment.HOOKSTILE_URL = 'http://127.0.0.1:9';
    expect(await line.run('tail')).toBe(3);
    expect(await line.run('tail', '--count', '0')).toBe(2);
  });
});
