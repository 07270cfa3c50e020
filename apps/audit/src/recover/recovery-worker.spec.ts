import { recoveriesV1, redeliveriesV1 } from '@hookstile/contracts';
import { FakeMessaging } from '@hookstile/messaging';
import { aDelivery, anIntegration, until } from '@hookstile/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliveryRecord, journaled, journalRecord, received, sampleAttempt } from '../project/sample-records.js';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { writeBatches } from '../projection/write-batches.js';
import { RedeliveriesPublisher } from '../publishes/redeliveries.publisher.js';
import { RoutedDeliveries } from '../redeliver/routed-deliveries.js';
import { FakeRecoveries } from './recoveries.fake.js';
import { LEASE_TERM_MS } from './recovery.bounds.js';
import { FakeRecoveryStore } from './recovery.store.fake.js';
import { pendingMaxOf } from './recovery-move.js';
import { FakeRecoveryWorkStore } from './recovery-work.store.fake.js';
import { RecoveryWorker } from './recovery-worker.js';

const START_MS = Date.parse('2026-01-03T03:04:05.000Z');
const RATE = 20;
const COUNT = 130;
const STEPS_MAX = 400;
const BY = { actor: { type: 'platform', id: null, name: null, role: null }, requestId: 'req_1' } as const;
const origin = { tenantId: 'ten_1', integrationId: 'int_1' };

/** An integration that has missed `COUNT` deliveries, a dispatcher that its test plays, and a clock that pauses drive. */
class World {
  readonly messaging = new FakeMessaging({ partitions: 1 });
  readonly projections = new FakeProjectionStore();
  private readonly recoveries = new FakeRecoveries(this.projections);
  readonly store = new FakeRecoveryStore(this.recoveries);
  private readonly work = new FakeRecoveryWorkStore(this.recoveries, () => this.nowMs);
  readonly missed = Array.from({ length: COUNT }, (_, n) =>
    aDelivery({ event: { tenantId: 'ten_1', id: `evt_${n}` }, sourceOffset: n, data: `{ "n": ${n}.0 }` }),
  );
  nowMs = START_MS;
  /** Whether a test holds a write back. */
  isHeld = false;
  integration = anIntegration({ id: 'int_1', tenantId: 'ten_1' });
  /** What happens in each pause. */
  meanwhile: () => unknown = () => undefined;
  private steps = 0;
  private sequence = 0;
  private answered = 0;

  async miss(): Promise<void> {
    for (const [n, delivery] of this.missed.entries()) {
      this.messaging.append({ topic: 'deliveries', partition: 0, ...deliveryRecord(delivery) });
      await this.end(n, n, 'failed');
    }
    const span = { sinceMs: 0, untilMs: START_MS + 1, selected: 'failed' } as const;
    const started = { id: 'rcv_1', ratePerSecond: RATE, startedAtMs: START_MS, startedBy: BY };
    await this.store.start({ ...origin, ...span, ...started }, null);
  }

  /** The journal says how the delivery of event `n` ended at an offset. */
  async end(n: number, offset: number, push: 'delivered' | 'failed'): Promise<void> {
    const delivery = this.missed[n];
    if (!delivery) throw new RangeError(`there is no event ${n}`);
    this.sequence += 1;
    const about = { sequence: this.sequence, attempt: this.sequence, deliveries: [journaled(delivery, offset)] };
    const attempt = sampleAttempt(delivery, { ...about, push, outcome: push === 'failed' ? 'failed' : 'succeeded' });
    const records = [received(journalRecord(attempt), this.sequence)];
    await writeBatches(this.projections, [{ topic: 'attempts', records }]);
  }

  /** What was written so far, each ending once, as the router takes them. */
  redelivered(): { n: number; recoveryId: string | undefined; bytes: string }[] {
    const seen = new Set<number>();
    return this.messaging.records('redeliveries').flatMap((record) => {
      const decoded = redeliveriesV1.decode(record);
      if (decoded.outcome !== 'decoded' || seen.has(decoded.value.envelope.endedOffset)) return [];
      seen.add(decoded.value.envelope.endedOffset);
      const { event, recoveryId } = decoded.value.envelope;
      return [{ n: Number(event.id.slice('evt_'.length)), recoveryId, bytes: decoded.value.bytes.toString() }];
    });
  }

  /** The dispatcher ends what it has been given. */
  async answer(push: 'delivered' | 'failed' = 'delivered'): Promise<void> {
    const given = this.redelivered();
    for (const { n } of given.slice(this.answered)) await this.end(n, COUNT + n, push);
    this.answered = given.length;
  }

  told(): string[] {
    return this.messaging.records('redeliveries').flatMap((record) => {
      const decoded = recoveriesV1.decode(record);
      return decoded.outcome === 'decoded' ? [decoded.value.kind] : [];
    });
  }

  /** @param around each write of redeliveries */
  async worker(
    untilStopped = <T>(asked: Promise<T>) => asked,
    around: (write: () => Promise<void>) => Promise<void> = (write) => write(),
  ): Promise<RecoveryWorker> {
    const [lease] = await this.work.lease({ working: [] }, LEASE_TERM_MS, 1);
    if (!lease) throw new Error('it is not to be had');
    const publisher = await this.messaging.publisher({ name: 'test' });
    const redeliveries = new RedeliveriesPublisher({ publisher, topic: 'redeliveries', partitionCount: 1 });
    return new RecoveryWorker(lease, {
      store: this.work,
      configuration: { integration: () => this.integration, catchUp: async () => {} },
      routed: new RoutedDeliveries(this.messaging.reader(), 'deliveries'),
      publisher: {
        tell: (record) => redeliveries.tell(record),
        publishAll: (all) => around(() => redeliveries.publishAll(all)),
      },
      startOffset: (partition) => this.messaging.startOffset({ topic: 'deliveries', partition }),
      partitionCount: 1,
      clock: { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs },
      pause: async (ms) => {
        this.nowMs += ms;
        this.steps += 1;
        if (this.steps > STEPS_MAX) throw new Error('it does not end');
        await this.meanwhile();
      },
      untilStopped,
    });
  }

  async run(): Promise<void> {
    await (await this.worker()).run(() => false);
  }

  recovery() {
    return this.store.get('ten_1', 'rcv_1');
  }
}

const numbers = (world: World) => world.redelivered().map(({ n }) => n);
const all = Array.from({ length: COUNT }, (_, n) => n);

describe('working a recovery', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    await world.miss();
  });

  it('writes each event as it was, in the order of `deliveries`, and is done when all have ended', async () => {
    world.meanwhile = () => world.answer();
    await world.run();
    expect(numbers(world)).toEqual(all);
    expect(world.redelivered()[3]).toEqual({ n: 3, recoveryId: 'rcv_1', bytes: '{ "n": 3.0 }' });
    const ended = { status: 'done', matched: COUNT, queued: COUNT, delivered: COUNT, failed: 0, expired: 0 };
    expect(await world.recovery()).toMatchObject(ended);
    expect(world.told()).toEqual(['started']);
  });

  it('is no faster than its rate', async () => {
    world.meanwhile = async () => {
      await world.answer();
      expect(numbers(world).length).toBeLessThanOrEqual(((world.nowMs - START_MS) / 1_000) * RATE);
    };
    await world.run();
    expect(world.nowMs - START_MS).toBeLessThan((COUNT / RATE + 3) * 1_000);
  });

  it('waits while as many are pending as may be, and counts those that failed again', async () => {
    let paused = 0;
    world.meanwhile = async () => {
      paused += 1;
      expect(numbers(world).length).toBeLessThanOrEqual(pendingMaxOf(RATE) * Math.ceil(paused / 50));
      if (paused % 50 === 0) await world.answer('failed');
    };
    await world.run();
    expect(await world.recovery()).toMatchObject({ status: 'done', delivered: 0, failed: COUNT });
  });

  it('goes on after a process that died at any point, with none left out, none twice, and in order', async () => {
    for (const dying of [1, 2, 5, 7]) {
      const dead = new World();
      await dead.miss();
      dead.meanwhile = () => dead.answer();
      let writes = 0;
      let seen = 0;
      const untilStopped = async <T>(asked: Promise<T>): Promise<T> => {
        const answer = await asked;
        const written = dead.messaging.records('redeliveries').length;
        if (written > seen) writes += 1;
        seen = written;
        if (writes === dying) throw new Error('the process ends here, and what it wrote stands');
        return answer;
      };
      const first = await dead.worker(untilStopped);
      await expect(first.run(() => false)).rejects.toThrow('the process ends here');
      const before = dead.messaging.records('redeliveries').length;
      dead.nowMs += LEASE_TERM_MS;
      await dead.run();
      expect(before).toBeGreaterThan(0);
      expect(numbers(dead)).toEqual(all);
      expect(await dead.recovery()).toMatchObject({ status: 'done', queued: COUNT, delivered: COUNT });
    }
  });

  it('takes no harm of a process that lost its lease amid a write, whenever that write arrives', async () => {
    for (const writes of ['before', 'after'] as const) {
      const slow = new World();
      await slow.miss();
      slow.meanwhile = () => slow.answer();
      const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const first = await slow.worker(undefined, async (write) => {
        if (slow.isHeld || slow.redelivered().length < 30) return write();
        slow.isHeld = true;
        if (writes === 'before') await write();
        reached.resolve();
        await gate.promise;
        if (writes === 'after') await write();
      });
      const running = first.run(() => false);
      await reached.promise;
      slow.nowMs += LEASE_TERM_MS;
      const second = (await slow.worker()).run(() => false);
      await until(() => slow.redelivered().length > 60, { what: 'the second to go on' });
      gate.resolve();
      await Promise.all([running, second]);
      expect(numbers(slow)).toEqual(all);
      expect(slow.told()).toEqual(['started']);
      expect(await slow.recovery()).toMatchObject({ status: 'done', queued: COUNT, delivered: COUNT, failed: 0 });
    }
  });

  it('counts what was written where it is stopped between the write and its being said', async () => {
    const dead = await world.worker(undefined, async (write) => {
      await write();
      if (world.redelivered().length > 20) throw new Error('the process ends here');
    });
    await expect(dead.run(() => false)).rejects.toThrow('the process ends here');
    await world.store.stop('ten_1', 'rcv_1', { reason: 'requested', atMs: world.nowMs, by: BY });
    world.nowMs += LEASE_TERM_MS;
    await world.run();
    await world.answer();
    world.nowMs += LEASE_TERM_MS;
    await world.run();
    const count = numbers(world).length;
    expect(count).toBeLessThan(COUNT);
    expect(await world.recovery()).toMatchObject({ status: 'stopped', queued: count, delivered: count, expired: 0 });
    expect(world.told()).toEqual(['started', 'stopped']);
  });

  it('leaves out what somebody had sent once more meanwhile, and counts how that ended', async () => {
    await world.end(100, 2 * COUNT, 'delivered');
    world.meanwhile = () => world.answer();
    await world.run();
    expect(numbers(world)).toEqual(all.filter((n) => n !== 100));
    expect(await world.recovery()).toMatchObject({ status: 'done', queued: COUNT, delivered: COUNT });
  });

  it('counts what the topic does not hold any more, at its start and on its way', async () => {
    world.messaging.truncate({ topic: 'deliveries', partition: 0 }, 10);
    let passed = false;
    world.meanwhile = async () => {
      await world.answer();
      if (passed || numbers(world).length < 40) return;
      passed = true;
      world.messaging.truncate({ topic: 'deliveries', partition: 0 }, 120);
    };
    await world.run();
    const recovery = await world.recovery();
    expect(recovery).toMatchObject({ status: 'done', delivered: numbers(world).length });
    expect(recovery?.expired).toBe(COUNT - numbers(world).length);
    expect(recovery?.expired).toBeGreaterThan(10);
    expect(numbers(world).at(-1)).toBe(COUNT - 1);
  });

  it('stops where the integration is disabled, says so once, and follows what it had handed over', async () => {
    world.meanwhile = () => {
      if (numbers(world).length >= 30) world.integration = { ...world.integration, state: 'disabled' };
    };
    await world.run();
    const stopped = { status: 'stopped', reason: 'integration_disabled', delivered: 0 };
    expect(await world.recovery()).toMatchObject({ ...stopped, queued: numbers(world).length });
    expect(world.told()).toEqual(['started', 'stopped']);
    await world.answer();
    world.nowMs += LEASE_TERM_MS;
    await world.run();
    const count = numbers(world).length;
    expect(await world.recovery()).toMatchObject({ ...stopped, queued: count, delivered: count });
    await expect(world.worker()).rejects.toThrow('not to be had');
  });

  it('stops where somebody stops it, who is told by name', async () => {
    world.meanwhile = async () => {
      await world.answer();
      if (numbers(world).length < 30) return;
      await world.store.stop('ten_1', 'rcv_1', { reason: 'requested', atMs: world.nowMs, by: BY });
    };
    await world.run();
    expect(numbers(world).length).toBeLessThan(COUNT);
    expect(await world.recovery()).toMatchObject({ status: 'stopped', reason: 'requested' });
    const last = world.messaging.records('redeliveries').at(-1);
    const decoded = last && recoveriesV1.decode(last);
    if (decoded?.outcome !== 'decoded') throw new Error('nothing was told');
    expect(decoded.value).toMatchObject({
      ...{ kind: 'stopped', ...BY },
      after: { status: 'stopped', reason: 'requested', matched: COUNT, queued: numbers(world).length },
    });
  });
});
