import { connect } from 'node:net';
import { aDelivery, until } from '@hookstile/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AuditUnderTest, KEYS } from '../audit-under-test.js';
import { FAILED, journalRecord, routingRecord, sampleAttempt, sampleRouting } from '../project/sample-records.js';
import { TAKE_FLUSH_NUMBER, TAKEN_FLUSH_NUMBER } from '../projection/flush-number.js';
import { LiveTail } from './live-tail.js';
import { DRAIN_TIMEOUT_MS } from './tail.bounds.js';

const KEY_DEAD_MAX_MS = 5_000;

interface Message {
  id: string;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as a client would, member by member.
  data: any;
}

/** What came of a stream so far. */
class Followed {
  text = '';
  ended = false;
  readonly #abort = new AbortController();

  static async at(url: string, query: string, lastEventId: string | null, key: string): Promise<Followed> {
    const followed = new Followed();
    const headers = {
      authorization: `Bearer ${key}`,
      ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    };
    const response = await fetch(`${url}/v1/event-log/stream?${query}`, { headers, signal: followed.#abort.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    void followed.#read(response);
    await until(() => followed.text.includes('id: '));
    return followed;
  }

  async #read({ body }: Response): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body ?? []) this.text += decoder.decode(chunk, { stream: true });
    } catch {
      // Cut, by the test or by the service.
    }
    this.ended = true;
  }

  get messages(): Message[] {
    return [...this.text.matchAll(/^id: (.+)\nevent: (.+)\ndata: (.+)\n\n/gm)].map(
      ([, id = '', event = '', data = '']) => ({
        ...{ id, event, data: JSON.parse(data) },
      }),
    );
  }

  get eventIds(): string[] {
    return this.messages.map(({ data }) => data.eventId);
  }

  /** As a client keeps it: also of what is no message. */
  get lastId(): string {
    return [...this.text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '';
  }

  close(): void {
    this.#abort.abort();
  }
}

describe('the stream of the event log on a real broker and database', () => {
  let audit: AuditUnderTest;
  const open: Followed[] = [];
  let offset = 0;

  beforeAll(async () => {
    audit = await AuditUnderTest.create();
  });
  afterEach(() => {
    for (const followed of open.splice(0)) followed.close();
  });
  afterAll(() => audit?.destroy());

  async function follow(
    query = '',
    { lastEventId = null as string | null, key = KEYS.viewer as string, url = audit.service.url } = {},
  ): Promise<Followed> {
    const followed = await Followed.at(url, query, lastEventId, key);
    open.push(followed);
    return followed;
  }

  async function attempt(id: string, overrides: Parameters<typeof sampleAttempt>[1] = {}, padding = ''): Promise<void> {
    offset += 1;
    const delivery = aDelivery({ event: { id, type: 'device.compliant' }, sourceOffset: offset });
    const record = sampleAttempt(delivery, { at: new Date().toISOString(), ...overrides });
    await audit.publish('routings', routingRecord(sampleRouting([delivery])));
    await audit.publish('attempts', journalRecord(record, `{"id":"${id}"}`, padding));
  }

  /** One flush of so many attempts, more than what kernels keep of a connection. */
  async function flushCopies(eventId: string, count: number): Promise<void> {
    // One transaction, as flushes are.
    await audit.rows(
      `${TAKE_FLUSH_NUMBER}; insert into attempts select copy.* from attempts a, generate_series(1, ${count}) n,
         lateral jsonb_populate_record(a, jsonb_build_object(
           'attempt', n + 1000, 'attempt_id', a.attempt_id || '_' || n, 'flush', ${TAKEN_FLUSH_NUMBER},
           'request_headers', jsonb_build_array(jsonb_build_array('x', repeat('x', 30000)))::text)) as copy
       where a.event_id = '${eventId}'`,
    );
  }

  it('shows an attempt as the list does, without bodies', async () => {
    const followed = await follow();
    await attempt('shown');
    await until(() => followed.messages.length === 1);
    const [message] = followed.messages;
    expect(message?.event).toBe('attempt');
    const listed = async () => (await audit.get('event-log?q=shown')).body.items;
    await until(async () => (await listed()).length === 1);
    expect([message?.data]).toEqual(await listed());
    expect(message?.data.request).not.toHaveProperty('body');
  });

  it('takes the filters of the list, and refuses what is none', async () => {
    const [failed, ofEvent] = [await follow('outcome=failed&httpStatus=500'), await follow('q=FILTERED_OTHER')];
    await attempt('filtered_ok');
    await attempt('filtered_failed', FAILED);
    await attempt('filtered_other');
    await until(() => failed.messages.length + ofEvent.messages.length === 2);
    expect([failed.eventIds, ofEvent.eventIds]).toEqual([['filtered_failed'], ['filtered_other']]);
    for (const query of ['limit=1', 'cursor=a', 'outcome=odd', 'unknown=1']) {
      expect(await audit.get(`event-log/stream?${query}`)).toMatchObject({ status: 400, body: { code: 'malformed' } });
    }
    expect((await audit.get('event-log/stream', KEYS.producer)).status).toBe(403);
    expect((await audit.get('event-log/stream', 'hk_none')).status).toBe(401);
  });

  it('resumes at another process and after a restart, without loss or repeat', async () => {
    const first = await follow();
    for (const id of ['r1', 'r2']) await attempt(id);
    await until(() => first.messages.length === 2);
    const other = await audit.another();
    try {
      await audit.restart();
      expect(first.ended).toBe(true);
      await attempt('r3');
      const elsewhere = await follow('', { lastEventId: first.messages[0]?.id ?? '', url: other.url });
      const again = await follow('', { lastEventId: first.lastId });
      await attempt('r4');
      await until(() => elsewhere.eventIds.length === 3 && again.eventIds.length === 2, { timeoutMs: 20_000 });
      expect([...elsewhere.eventIds].sort()).toEqual([first.eventIds[1], 'r3', 'r4'].sort());
      expect([...again.eventIds].sort()).toEqual(['r3', 'r4']);
    } finally {
      await other.stop();
    }
  });

  it('begins with a gap at an id that is not of this database, and refuses what is no id', async () => {
    const { lastId } = await follow();
    const [, issuedAtMs] = JSON.parse(Buffer.from(lastId, 'base64url').toString());
    const foreign = Buffer.from(JSON.stringify([1_000_000, issuedAtMs])).toString('base64url');
    const followed = await follow('', { lastEventId: foreign });
    await until(() => followed.messages.length === 1);
    expect(followed.messages[0]).toMatchObject({
      event: 'gap',
      data: { reason: 'unknown', since: new Date(issuedAtMs).toISOString() },
    });
    const headers = { authorization: `Bearer ${KEYS.viewer}`, 'last-event-id': 'odd' };
    expect((await fetch(`${audit.service.url}/v1/event-log/stream`, { headers })).status).toBe(400);
  });

  it('cuts a reader that takes nothing, and lets the others be', async () => {
    const tail = audit.service.app.get(LiveTail);
    await until(() => tail.streams === 0);
    const other = await follow('q=beside_a_slow_one');
    await attempt('for_a_slow_one');
    await until(async () => (await audit.get('event-log?q=for_a_slow_one')).body.items.length === 1);
    const slow = connect(Number(new URL(audit.service.url).port), '127.0.0.1').on('error', () => {});
    try {
      slow.write(`GET /v1/event-log/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEYS.viewer}\r\n\r\n`);
      await until(() => tail.streams === 2);
      slow.pause();
      await flushCopies('for_a_slow_one', 1_000);
      await attempt('beside_a_slow_one');
      await until(() => other.eventIds.length === 1);
      await until(() => tail.streams === 1, { timeoutMs: DRAIN_TIMEOUT_MS + 10_000 });
      expect(other.ended).toBe(false);
    } finally {
      slow.destroy();
    }
  }, 60_000);

  it('ends the stream of a deleted key within five seconds', async () => {
    await audit.addKey('hk_short_lived', 'ten_1', 'editor');
    const [doomed, other] = [await follow('', { key: 'hk_short_lived' }), await follow()];
    await audit.deleteKey('hk_short_lived', 'ten_1', 'editor');
    await until(() => doomed.ended, { timeoutMs: KEY_DEAD_MAX_MS });
    expect(other.ended).toBe(false);
  });
});
