import type { IntegrationConfiguration } from '@hookstile/contracts';
import { OUTBOX_POLL_MS } from '@hookstile/event-store';
import { type Messaging, MessagingError, type RecordPublisher } from '@hookstile/messaging';
import type { RunningService } from '@hookstile/service-runtime';
import { until } from '@hookstile/testing';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigUnderTest, instanceOf } from '../config-under-test.js';

const TAKEOVER_MAX_MS = 3_000;

/** Messaging whose publisher gets no acknowledgement until it is closed, as with a broker that went away. */
function withoutAcknowledgements(messaging: Messaging): Messaging {
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => undefined);
  const publisher: RecordPublisher = {
    publish: () => closed.promise,
    pending: 1,
    healthy: false,
    close: async () => closed.reject(new MessagingError('publisher_closed', 'closed', false)),
  };
  return { ...messaging, publisher: async () => publisher, close: async () => undefined };
}

const UNPUBLISHED = 'SELECT 1 FROM $schema.outbox WHERE published_at IS NULL';

describe('the outbox relay', () => {
  let config: ConfigUnderTest;
  const tenant = (id: string) => ({ body: { id, name: id, plan: 'standard' } });
  const query = async <Row>(sql: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: config.database.url });
    await client.connect();
    try {
      return (await client.query(sql.replaceAll('$schema', `"${config.database.schema}"`), values)).rows as Row[];
    } finally {
      await client.end();
    }
  };
  /** Postgres ends every connection that holds or waits for this schema's relay lock, as a crash of its host would. */
  const cutRelays = () =>
    query(`SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
           WHERE l.locktype = 'advisory' AND a.application_name = 'hookstile-config-relay'
             AND (l.classid::bigint << 32) | l.objid::bigint = hashtextextended('hookstile.outbox:${config.database.schema}', 0)`);

  beforeEach(async () => {
    config = await ConfigUnderTest.create();
  });
  afterEach(() => config?.destroy());

  it('has one leader, and another takes over when that stops', async () => {
    const first = await config.start();
    await instanceOf(first)('POST', 'tenants', tenant('ten_1'));
    const second = await config.start();
    const answer = await instanceOf(second)('POST', 'tenants', tenant('ten_2'));
    expect(answer.status).toBe(201);
    expect(await config.lastOf('ten_2')).toMatchObject({ version: 1 });
    await first.stop();
    const startedMs = performance.now();
    expect((await instanceOf(second)('POST', 'tenants', tenant('ten_3'))).status).toBe(201);
    expect(performance.now() - startedMs).toBeLessThan(TAKEOVER_MAX_MS);
    expect(await config.lastOf('ten_3')).toMatchObject({ version: 1 });
  });

  it('leads again after its connection was cut', async () => {
    const call = instanceOf(await config.start());
    await call('POST', 'tenants', tenant('ten_1'));
    await until(async () => (await cutRelays()).length > 0, { what: 'a relay to cut' });
    const answer = await call('POST', 'tenants', tenant('ten_2'));
    expect(answer.status).toBe(201);
    expect(await config.lastOf('ten_2')).toMatchObject({ version: 1 });
  });

  it('publishes after the next start what was committed and not published, and the caller was not told it was', async () => {
    const cut = await config.start({ messaging: withoutAcknowledgements(config.messaging) });
    const answer = instanceOf(cut)('POST', 'tenants', tenant('ten_1'));
    await until(async () => (await query('SELECT 1 FROM $schema.outbox')).length > 0, { what: 'a committed row' });
    expect(await config.lastOf('ten_1')).toBeUndefined();
    expect(await answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await answer).headers.get('retry-after')).toBe('1');
    await query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'hookstile-config-relay' AND query LIKE $1`,
      [`%${config.database.schema}%`],
    );
    await config.start();
    await until(() => config.lastOf('ten_1'), { what: 'the record' });
    const unpublished = 'SELECT 1 FROM $schema.outbox WHERE published_at IS NULL';
    await until(async () => (await query(unpublished)).length === 0, { what: 'every row marked' });
  });

  it('tells nobody that there is nothing left to do while the record of what was done is on its way', async () => {
    const first = await config.start();
    await instanceOf(first)('POST', 'tenants', tenant('ten_1'));
    const { body: created } = await instanceOf(first)('POST', 'integrations', {
      tenant: 'ten_1',
      body: { name: 'a', url: 'https://example.com' },
    });
    await first.stop();
    const leader = await config.start({ messaging: withoutAcknowledgements(config.messaging) });
    const disable = (service: RunningService) =>
      instanceOf(service)('POST', `integrations/${created.id}/disable`, { tenant: 'ten_1' });
    const lost = disable(leader);
    await until(async () => (await query(UNPUBLISHED)).length > 0, { what: 'a committed row' });
    const second = await config.start();
    const again = disable(second).then(async (answer) => ({ answer, seen: await config.lastOf(created.id) }));
    await lost;
    await cutRelays();
    expect(await again).toMatchObject({ answer: { status: 200 }, seen: { version: 2, state: 'disabled' } });
  });

  it('writes a key again whose last record is an old version, as a paused relay leaves it', async () => {
    const call = instanceOf(await config.start());
    await call('POST', 'tenants', tenant('ten_1'));
    const body = { name: 'a', url: 'https://example.com' };
    const { body: created } = await call('POST', 'integrations', { tenant: 'ten_1', body });
    const old = (await config.lastOf(created.id)) as IntegrationConfiguration;
    await call('POST', `integrations/${created.id}/disable`, { tenant: 'ten_1' });
    // Once for the first comparison of all keys, and once more for what is noticed as it is read.
    for (let time = 0; time < 2; time += 1) {
      await config.append(old);
      expect(await config.lastOf(created.id)).toMatchObject({ version: 1, state: 'enabled' });
      await until(async () => (await config.lastOf(created.id))?.version === 2, { what: 'the newest version' });
    }
  });

  it("keeps each thing's records in the order of its versions, whichever of two processes makes its changes", async () => {
    const calls = [instanceOf(await config.start()), instanceOf(await config.start())];
    const ids = ['ten_1', 'ten_2', 'ten_3'];
    await Promise.all(ids.map((id) => calls[0]?.('POST', 'tenants', tenant(id))));
    const patches = ids.flatMap((id) =>
      Array.from({ length: 8 }, (_, n) =>
        calls[n % 2]?.('PATCH', `tenants/${id}`, { body: { name: `${id} ${n}` }, headers: { 'if-match': '*' } }),
      ),
    );
    for (const answer of await Promise.all(patches)) expect(answer?.status).toBe(200);
    for (const id of ids) {
      const records = (await config.configuration()).filter((record) => record.kind === 'tenant' && record.id === id);
      expect(records.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('publishes a change at once, not at its next poll', async () => {
    const call = instanceOf(await config.start());
    const durations: number[] = [];
    for (let n = 0; n < 30; n += 1) {
      const startedMs = performance.now();
      await call('POST', 'tenants', tenant(`ten_${n}`));
      durations.push(performance.now() - startedMs);
    }
    const median = durations.sort((a, b) => a - b)[15] ?? 0;
    expect(median).toBeLessThan(OUTBOX_POLL_MS / 2);
  });
});
