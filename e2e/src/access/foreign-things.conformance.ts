import { until } from '@hookstile/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { Api } from '../api.js';
import type { AccessWorld } from './access-world.js';
import { type Asked, askFor, comparable } from './asking.js';
import { DOCUMENTED_OPERATIONS, type DocumentedOperation } from './documented-operations.js';
import { type FollowedStream, followStream } from './followed-stream.js';
import { type PlannedRequest, type Spot, spotsOf, unknownOf, untriedMembers } from './foreign-requests.js';
import { idFor, type MarkedThings } from './marked-things.js';
import { snapshotOf } from './snapshot.js';

const AT_ONCE = 8;
const TIMEOUT_MS = 20_000;
const OF_TENANTS = DOCUMENTED_OPERATIONS.filter(({ access }) => access.kind === 'roles');
const named = (operations: readonly DocumentedOperation[]) => operations.map((one) => [one.id, one] as const);

interface Try {
  door: string;
  caller: Record<string, string>;
  valuesMax: number;
}

/** What another tenant has is for nobody else: not to be seen, not to be changed, not to be told from what nobody has. */
export function foreignThings(worldOf: () => AccessWorld): void {
  describe("another tenant's things", () => {
    let world: AccessWorld;
    let foreign: MarkedThings;
    let own: MarkedThings;
    let before: Record<string, unknown>;
    let victim: Api;

    beforeAll(async () => {
      world = worldOf();
      ({ foreign, own } = world);
      victim = world.forTenant;
      const seen = () => snapshotOf(victim, foreign);
      before = await until(
        async () => {
          const [first, second] = [await seen(), await seen()];
          return JSON.stringify(first) === JSON.stringify(second) ? second : null;
        },
        { what: 'the other tenant to be at rest', timeoutMs: TIMEOUT_MS },
      );
    });

    const callers = (): Record<string, string>[] => [
      { authorization: `Bearer ${world.otherAdminKey}` },
      { authorization: `Bearer ${world.stack.run.adminKey}`, 'hookstile-tenant': world.otherTenantId },
    ];

    /**
     * Who asks where, and how many of a place's values: the admin for each at the gateway, the platform for one; of the
     * dispatcher's each process, of which one owns the lanes and asks the other, also one who says that it was asked.
     */
    function triesOf({ service }: DocumentedOperation): Try[] {
      const { baseUrl: gateway, services } = world.stack.run;
      const [admin = {}, platform = {}] = callers();
      const tries = [
        { door: gateway, caller: admin, valuesMax: Number.POSITIVE_INFINITY },
        { door: gateway, caller: platform, valuesMax: 1 },
      ];
      if (service !== 'dispatcher') return tries;
      const doors = services.dispatcher.flatMap(({ url: door }) =>
        [admin, { ...admin, 'hookstile-forwarded': '1' }].map((caller) => ({ door, caller, valuesMax: 3 })),
      );
      return [...tries, ...doors];
    }

    /** Nothing of the other tenant's but what the caller has said itself. */
    function expectNothingTold({ headers, text }: Asked, said: readonly string[], what: string): void {
      const told = said.reduce(
        (left, value) => left.replaceAll(value, '').replaceAll(encodeURIComponent(value), ''),
        `${JSON.stringify(headers)} ${text}`,
      );
      expect(told, what).not.toContain(foreign.mark);
      for (const id of foreign.values.id ?? []) expect(told, what).not.toContain(id);
      expect(told, what).not.toContain(world.tenantId);
    }

    /** What a request has made is taken away again, and what it has changed put back: the next one finds the same. */
    async function undo({ door, caller }: Try, request: PlannedRequest, { status, headers }: Asked): Promise<void> {
      const anyVersion = { 'if-match': '*', 'content-type': 'application/json' };
      if (status === 201) {
        const path = request.method === 'PUT' ? request.path : headers.location;
        if (path !== undefined) await askFor(door, caller, { method: 'DELETE', path, headers: { 'if-match': '*' } });
      }
      if (status === 200 && request.method === 'PATCH') {
        const eventTypes = request.path.startsWith('/v1/integrations/') ? { eventTypes: ['*'] } : {};
        const body = { name: `${own.mark}-again`, ...eventTypes };
        await askFor(door, caller, { method: 'PATCH', path: request.path, headers: anyVersion, body });
      }
    }

    async function answerTo(asking: Try, spot: Spot, value: string, given: (text: string) => string) {
      const said: string[] = [];
      const saying = (text: string) => {
        said.push(given(text));
        return given(text);
      };
      const request = spot.request(value, saying, foreign, own);
      const answer = await askFor(asking.door, asking.caller, request);
      await undo(asking, request, answer);
      return { answer, said };
    }

    async function expectAsUnknown(asking: Try, spot: Spot): Promise<void> {
      const values = spot.values(foreign).slice(0, asking.valuesMax);
      const nobodys = await answerTo(asking, spot, values[0] ?? '', unknownOf);
      const expected = comparable(nobodys.answer, nobodys.said);
      for (const value of values) {
        const { answer, said } = await answerTo(asking, spot, value, (text) => text);
        const what = `${spot.where}: ${value} at ${asking.door}`;
        expectNothingTold(answer, said, what);
        expect(comparable(answer, said), what).toEqual(expected);
        expect(answer.status, what).toBeLessThan(500);
      }
    }

    async function expectHidden(operation: DocumentedOperation): Promise<void> {
      const tries = spotsOf(operation).flatMap((spot) => triesOf(operation).map((asking) => ({ asking, spot })));
      // Changes of the caller's own things would meet.
      const atOnce = operation.method === 'GET' ? AT_ONCE : 1;
      for (let n = 0; n < tries.length; n += atOnce) {
        await Promise.all(tries.slice(n, n + atOnce).map(({ asking, spot }) => expectAsUnknown(asking, spot)));
      }
    }

    const [READS, WRITES] = ['GET', 'others'].map((method) =>
      OF_TENANTS.filter((operation) => (operation.method === 'GET') === (method === 'GET')),
    );

    it.each(named(READS ?? []))('are to %s as what nobody has, wherever they are named', (_id, operation) =>
      expectHidden(operation),
    );

    const LISTS = OF_TENANTS.filter(({ parameters }) => parameters.some(({ name }) => name === 'cursor'));

    it.each(named(LISTS.filter(({ path }) => !path.includes('{'))))(
      'are in no page of %s, also not behind their own cursor',
      async (_id, { path }) => {
        const [caller = {}] = callers();
        const page = await victim.expect<{ nextCursor: string | null }>(200, 'GET', `${path}?limit=1`);
        const cursors = page.nextCursor === null ? [''] : ['', `?cursor=${encodeURIComponent(page.nextCursor)}`];
        for (const query of cursors) {
          const answer = await askFor(world.stack.run.baseUrl, caller, {
            method: 'GET',
            path: path + query,
            headers: {},
          });
          expect(answer.status).toBe(200);
          expectNothingTold(answer, [], path + query);
        }
      },
    );

    const EXPORTS = OF_TENANTS.filter(({ parameters }) => parameters.some(({ name }) => name === 'format'));

    it.each(named(EXPORTS))('are in no export by %s', async (_id, { path, parameters }) => {
      const [caller = {}] = callers();
      const span = parameters.some(({ name }) => name === 'bucket') ? '&bucket=day' : '';
      for (const format of ['csv', 'ndjson']) {
        const request = { method: 'GET', path: `${path}?format=${format}${span}`, headers: {} };
        const answer = await askFor(world.stack.run.baseUrl, caller, request);
        expect(answer.status).toBe(200);
        expectNothingTold(answer, [], request.path);
      }
    });

    // From here on the caller's own things have what the caller has said.
    it.each(named(WRITES ?? []))('are to %s as what nobody has, wherever they are named', (_id, operation) =>
      expectHidden(operation),
    );

    it('are tried in every member of a body that names one', () => {
      expect(DOCUMENTED_OPERATIONS.flatMap(untriedMembers)).toEqual([]);
    });

    const KEYED = OF_TENANTS.filter(({ parameters }) => parameters.some(({ name }) => name === 'Idempotency-Key'));

    it.each(named(KEYED))('have Idempotency-Keys of their own: %s replays nothing', async (_id, operation) => {
      const path = operation.path.replace('{id}', idFor(operation.path, own));
      const asked = {
        method: operation.method,
        path,
        headers: { 'content-type': 'application/json', 'idempotency-key': foreign.idempotencyKey },
        // What the other tenant sent with it.
        body: { integrationId: foreign.values.integrationId?.[0], since: '2026-01-02T00:00:00Z' },
      };
      for (const caller of callers()) {
        const answer = await askFor(world.stack.run.baseUrl, caller, asked);
        expect(answer.headers['idempotency-replayed']).toBeUndefined();
        expect(answer.text).not.toContain('idempotency_key_reused');
        expectNothingTold(answer, [String(asked.body.integrationId)], path);
      }
    });

    it('do not make duplicates of events with their source and id', async () => {
      const [eventId, source] = [foreign.values.eventId?.[0], foreign.values.source?.[0]];
      const caller = new Api(world.stack.run.baseUrl, world.otherAdminKey);
      const headers = { 'content-type': 'application/cloudevents+json' };
      const body = { specversion: '1.0', id: eventId, source, type: `${own.mark}.type`, data: {} };
      await caller.expect(202, 'POST', '/v1/events', { headers, body });
      const fate = await until(
        async () =>
          (await caller.list<{ source: string; outcome: string }>(`/v1/events?eventId=${eventId}`)).find(
            (one) => one.source === source,
          ) ?? null,
        { what: 'the fate of the event', timeoutMs: TIMEOUT_MS },
      );
      expect(fate.outcome).toBe('routed');
      // Attempts that name the other tenant's event are in the log before the log is watched for its marks.
      const [delivered] = own.values.integrationId ?? [];
      const attempts = `/v1/event-log?eventId=${eventId}&integrationId=${delivered}`;
      await until(async () => (await caller.list(attempts)).length > 0 || null, {
        what: 'the attempt of the event',
        timeoutMs: TIMEOUT_MS,
      });
    });

    it('are as they were', async () => {
      expect(await snapshotOf(victim, foreign)).toEqual(before);
    });

    it('are followed by nobody else, whatever is asked for, and sent to nobody else', async () => {
      const url = `${world.stack.run.baseUrl}/v1/event-log/stream`;
      const owner = await followStream(url, { authorization: `Bearer ${world.keys.admin}` });
      const queries = ['', `?integrationId=${foreign.values.integrationId?.[0]}`, `?q=${foreign.mark}`];
      const [caller = {}] = callers();
      const others = await Promise.all([
        ...queries.map((query) => followStream(url + query, caller)),
        followStream(url, { ...caller, 'last-event-id': owner.lastId() }),
      ]);
      const shows = (mark: string, ...streams: FollowedStream[]) =>
        until(() => streams.every((stream) => stream.text().includes(mark)) || null, {
          what: 'an attempt in a stream',
          timeoutMs: TIMEOUT_MS,
        });
      const earlier = world.receiver.requests.length;
      await victim.expect(202, 'POST', '/v1/events', { body: { type: foreign.values.type?.[0], data: foreign.mark } });
      await shows(`${foreign.mark}.type`, owner);
      const attacker = new Api(world.stack.run.baseUrl, world.otherAdminKey);
      await attacker.expect(202, 'POST', '/v1/events', { body: { type: `${own.mark}.type`, data: own.mark } });
      await shows(`${own.mark}.type`, ...others.filter((_, index) => index === 0 || index === queries.length));
      for (const stream of [owner, ...others]) stream.close();
      for (const stream of others) expect(stream.text()).not.toContain(foreign.mark);
      expect(owner.text()).not.toContain(own.mark);
      const toOthers = world.receiver.requests.slice(earlier).filter(({ path }) => path.startsWith(`/${own.mark}/`));
      expect(toOthers.length).toBeGreaterThan(0);
      for (const { body, headers } of toOthers)
        expect(`${body} ${JSON.stringify(headers)}`).not.toContain(foreign.mark);
    });
  });
}
