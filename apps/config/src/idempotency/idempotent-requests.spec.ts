import { FakeEventStore } from '@hookstile/event-store';
import { IDEMPOTENCY_KEY_KEPT_MS, ProblemError } from '@hookstile/service-runtime';
import { FIXED_NOW } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { FakeReadModelStore } from '../read-models/read-model.store.fake.js';
import { fakeTenantKeys } from '../tenant-keys/tenant-secrets.fake.js';
import { tenantAggregate } from '../tenants/tenant-aggregate.js';
import { AnswerSealer } from './answer-sealer.js';
import { FakeIdempotencyStore } from './idempotency.store.fake.js';
import { IdempotentRequests } from './idempotent-requests.js';

const SECRET = 'hk_shown_once';
const REQUEST = {
  scope: { tenantId: 'ten_1', actorId: 'key_1' },
  key: 'k',
  method: 'POST',
  url: '/v1/things',
  bodyDigest: 'd',
};

function setUp() {
  const events = new FakeEventStore();
  const readModels = new FakeReadModelStore();
  const store = new FakeIdempotencyStore();
  const tenantKeys = fakeTenantKeys();
  const reachable = { kafka: true };
  const publications = { published: async () => reachable.kafka, waiting: 0 };
  const changes = new Changes(events, readModels, publications, 12, tenantKeys);
  const time = { ms: Date.parse(FIXED_NOW) };
  const clock = { nowMs: () => time.ms, monotonicMs: () => 0 };
  const requests = new IdempotentRequests(changes, store, new AnswerSealer(tenantKeys, clock), clock);
  const carriedOut: string[] = [];
  /** Creates a tenant of its own each time, as a creation that is carried out twice makes two things. */
  const carryOut = async () => {
    const id = `ten_new_${carriedOut.length}`;
    carriedOut.push(id);
    const create = { type: 'create', at: FIXED_NOW, name: 'New', plan: 'standard' } as const;
    await changes.run(SYSTEM_ORIGIN, async (change) => (await change.loadOfAny(tenantAggregate, id)).execute(create));
    return { status: 201, headers: { location: `/v1/things/${id}` }, body: { id, key: SECRET } };
  };
  const ask = (overrides: object = {}) => requests.answer({ ...REQUEST, ...overrides }, carryOut);
  return { events, readModels, store, requests, reachable, time, carriedOut, carryOut, ask };
}

describe('a request with an Idempotency-Key', () => {
  it('is carried out once, and its answer given again', async () => {
    const { ask, carriedOut } = setUp();
    const first = await ask();
    expect(first).toMatchObject({ replayed: false, answer: { status: 201, body: { id: 'ten_new_0', key: SECRET } } });
    expect(await ask()).toMatchObject({ replayed: true, answer: first.answer });
    expect(carriedOut).toEqual(['ten_new_0']);
  });

  it('is carried out once also where many come at once', async () => {
    const { ask, carriedOut } = setUp();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(new Set(answers.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
    expect(carriedOut).toHaveLength(1);
  });

  it.each([{ url: '/v1/others' }, { bodyDigest: 'e' }, { method: 'PUT' }])(
    'is refused where the key stands for another one: %j',
    async (other) => {
      const { ask, carriedOut } = setUp();
      await ask();
      await expect(ask(other)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
      expect(carriedOut).toHaveLength(1);
    },
  );

  it.each([
    { tenantId: 'ten_2', actorId: 'key_1' },
    { tenantId: 'ten_1', actorId: 'key_2' },
  ])('is another one of another tenant or actor: %j', async (scope) => {
    const { ask, carriedOut } = setUp();
    await ask();
    expect(await ask({ scope, bodyDigest: 'e' })).toMatchObject({ replayed: false });
    expect(carriedOut).toHaveLength(2);
  });

  it('keeps nothing where it is refused, not even the changes before, and may be made again', async () => {
    const { ask, requests, readModels, store, carryOut } = setUp();
    const refused = requests.answer(REQUEST, async () => {
      await carryOut();
      throw new ProblemError('invalid', 'no');
    });
    await expect(refused).rejects.toMatchObject({ code: 'invalid' });
    expect([store.answers.size, await readModels.get('ten_new_0', 'tenant', 'ten_new_0')]).toEqual([0, null]);
    expect(await ask()).toMatchObject({ replayed: false });
  });

  it('is carried out again a day later', async () => {
    const { ask, time, carriedOut } = setUp();
    await ask();
    time.ms += IDEMPOTENCY_KEY_KEPT_MS - 1;
    expect(await ask()).toMatchObject({ replayed: true });
    time.ms += 1;
    expect(await ask({ bodyDigest: 'e' })).toMatchObject({ replayed: false });
    expect(carriedOut).toHaveLength(2);
  });

  it('is answered only when its change is published, the first time and again', async () => {
    const { ask, reachable, carriedOut } = setUp();
    reachable.kafka = false;
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    reachable.kafka = true;
    expect(await ask()).toMatchObject({ replayed: true, answer: { body: { key: SECRET } } });
    expect(carriedOut).toHaveLength(1);
  });

  it('waits for the rows of its own change', async () => {
    const { ask, store, events } = setUp();
    await ask();
    const [kept] = [...store.answers.values()];
    expect(kept?.outboxIds).toEqual(events.outbox.map(({ id }) => id));
  });

  it('has no secret of its answer in what is kept, nor the key', async () => {
    const { ask, store } = setUp();
    await ask({ key: 'a key that nobody guesses' });
    expect(JSON.stringify([...store.answers.values()])).not.toMatch(/shown_once|that nobody guesses/);
  });
});
