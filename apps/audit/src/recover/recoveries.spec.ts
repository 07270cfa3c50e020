import type { IdempotentRequest } from '@hookstile/service-runtime';
import { anIntegration, FIXED_NOW, fixedClock } from '@hookstile/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { BY, MissedDeliveries } from './missed-deliveries.fake.js';
import { FakeRecoveries } from './recoveries.fake.js';
import { Recoveries } from './recoveries.js';
import { RATE_DEFAULT_PER_SECOND } from './recovery.bounds.js';
import type { RecoveryDto } from './recovery.dto.js';
import { FakeRecoveryStore } from './recovery.store.fake.js';
import type { Started } from './recovery.store.js';
import { FakeRecoveryWorkStore } from './recovery-work.store.fake.js';

describe('asking for a recovery', () => {
  let missed: MissedDeliveries;
  let store: FakeRecoveryStore;
  let integration: ReturnType<typeof anIntegration> | undefined;
  let atBarrier: () => Promise<void>;
  let recoveries: Recoveries;
  let input: RecoveryDto;

  beforeEach(async () => {
    const projections = new FakeProjectionStore();
    const inMemory = new FakeRecoveries(projections);
    store = new FakeRecoveryStore(inMemory);
    missed = new MissedDeliveries({ projections, store, lists: store, work: new FakeRecoveryWorkStore(inMemory) });
    for (const n of [0, 1]) await missed.ended(n, n, 'failed');
    await missed.ended(2, 2, 'delivered');
    integration = anIntegration({ id: missed.integrationId, tenantId: missed.tenantId });
    atBarrier = async () => {};
    recoveries = new Recoveries({
      store,
      configuration: { integration: () => integration, catchUp: () => atBarrier() },
      clock: fixedClock(),
      randomBytes: (count) => Buffer.alloc(count),
    });
    input = { integrationId: missed.integrationId, since: '2026-01-02T00:00:00Z' };
  });

  const startFor = (request: IdempotentRequest | null, given: Partial<RecoveryDto> = {}, tenantId = missed.tenantId) =>
    recoveries.start(tenantId, { ...input, ...given }, BY, request);
  const start = async (given: Partial<RecoveryDto> = {}, tenantId?: string) =>
    (await startFor(null, given, tenantId)).recovery;

  it('takes what failed up to now, at the default rate, unless told otherwise', async () => {
    const started = await start();
    expect(started).toMatchObject({
      ...{ selected: 'failed', ratePerSecond: RATE_DEFAULT_PER_SECOND, status: 'running', matched: 2 },
      ...{ untilMs: Date.parse(FIXED_NOW), startedAtMs: Date.parse(FIXED_NOW), startedBy: BY },
    });
    expect(started.id).toMatch(/^rcv_[0-9a-z]{26}$/);
    await store.stop(missed.tenantId, started.id, { reason: 'requested', atMs: 0, by: BY });
    const all = await start({ status: 'all', until: '2026-01-02T03:00:00+00:00', ratePerSecond: 7 });
    expect(all).toMatchObject({ matched: 3, ratePerSecond: 7 });
  });

  it('gives who repeats a request its first answer, also of one that was stopped or is not allowed any more', async () => {
    const scope = { tenantId: missed.tenantId, actorId: 'key_1' };
    const request = { scope, key: 'k', method: 'POST', url: '/v1/recoveries', bodyDigest: 'd' };
    expect(await recoveries.startedBefore(missed.tenantId, request)).toBeNull();
    const { recovery, replayed } = await startFor(request);
    expect(replayed).toBe(false);
    await store.stop(missed.tenantId, recovery.id, { reason: 'requested', atMs: 7, by: BY });
    expect(await startFor(request)).toEqual({ recovery, replayed: true });
    integration = undefined;
    expect(await recoveries.startedBefore(missed.tenantId, request)).toEqual(recovery);
    const reused = { code: 'idempotency_key_reused' };
    await expect(recoveries.startedBefore(missed.tenantId, { ...request, bodyDigest: 'e' })).rejects.toMatchObject(
      reused,
    );
    const other = { ...request, scope: { ...scope, actorId: 'key_2' } };
    expect(await recoveries.startedBefore(missed.tenantId, other)).toBeNull();
  });

  it('names the one that is running', async () => {
    const { id } = await start();
    await expect(start()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(id) });
  });

  it('knows no integration of another tenant, and none that there is not', async () => {
    const unknown = { code: 'not_found' };
    await expect(start({}, 'ten_other')).rejects.toMatchObject(unknown);
    await expect(recoveries.count('ten_other', input)).rejects.toMatchObject(unknown);
    integration = undefined;
    await expect(start()).rejects.toMatchObject(unknown);
  });

  it('looks behind the barrier whether the integration can be sent to; a dry run only counts', async () => {
    const enabled = integration;
    atBarrier = async () => {
      integration = enabled && { ...enabled, state: 'disabled' };
    };
    await expect(start()).rejects.toMatchObject({ code: 'integration_disabled' });
    expect(await recoveries.count(missed.tenantId, input)).toBe(2);
    atBarrier = async () => {
      integration = enabled && { ...enabled, deleted: true };
    };
    await expect(start()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('refuses a span that ends before it begins', async () => {
    const until = '2026-01-02T00:00:00Z';
    await expect(start({ until })).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/since' }] });
  });

  it.each<[Started, string]>([
    [{ outcome: 'too-many-deliveries' }, 'invalid'],
    [{ outcome: 'too-many-of-tenant' }, 'conflict'],
    [{ outcome: 'too-many' }, 'unavailable'],
    [{ outcome: 'in-flight' }, 'idempotency_key_in_flight'],
  ])('says what is beyond a bound: %j', async (outcome, code) => {
    store.start = async () => outcome;
    await expect(start()).rejects.toMatchObject({ code });
  });
});
