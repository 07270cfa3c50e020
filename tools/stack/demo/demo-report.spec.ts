import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { demoTable, outcomeOf } from './demo-report.ts';
import type { Received } from './receiver.ts';

const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function received(n: number, status = 200, secret = SECRET): Received {
  const body = JSON.stringify({ type: 't', timestamp: 'x', data: { run: 'r', n } });
  const at = new Date();
  const signature = new Webhook(secret).sign(`dlv_${n}`, at, body);
  const headers = {
    'webhook-id': `dlv_${n}`,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signature,
    traceparent: TRACEPARENT,
  };
  return { at: at.toISOString(), status, headers, body };
}

const judged = (entries: Received[]) => outcomeOf('recovers', entries, 'r', 3, SECRET);

describe("the demo's judgement", () => {
  it('counts events once, attempts each, and sees what was retried', () => {
    const startMs = Date.now();
    const at = (ms: number) => ({ at: new Date(startMs + ms).toISOString() });
    const first = [
      { ...received(1, 503), ...at(0) },
      { ...received(1, 503), ...at(500) },
      { ...received(1), ...at(1_500) },
    ];
    expect(judged([...first, received(2), received(3)])).toEqual({
      webhook: 'recovers',
      sent: 3,
      attempts: 5,
      arrived: 3,
      retried: 1,
      inOrder: true,
      signed: 5,
      traced: 5,
      firstGaps: [0.5, 1],
    });
  });

  it('sees when a later event overtook', () => {
    expect(judged([received(2), received(1), received(3)]).inOrder).toBe(false);
  });

  it('sees a signature that another secret made', () => {
    const other = `whsec_${Buffer.alloc(24, 2).toString('base64')}`;
    expect(judged([received(1, 200, other)]).signed).toBe(0);
  });

  it('leaves out what another demo or a user sent', () => {
    const foreign = { ...received(1), body: '{"data":{"run":"before","n":1}}' };
    expect(judged([foreign, { ...foreign, body: 'x' }]).attempts).toBe(0);
  });

  it('shows in the table what did not go as it should', () => {
    const table = demoTable([judged([received(2), received(1)])], { reason: null, failures: 0, held: 0 }).join('\n');
    expect(table).toContain('2 of 3');
    expect(table).toContain('NO');
    expect(table).toContain('NOT all arrived');
  });
});
