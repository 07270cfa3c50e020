import type { JournalEnvelope } from '@hookstile/contracts';
import { aDelivery, anIntegration } from '@hookstile/testing';
import { LANE_SWEEP_INTERVAL_MS } from './lane.bounds.js';
import { FakeLaneStore } from './lane.store.fake.js';
import type { LaneDelivery } from './lane.store.js';
import { aLaneDelivery } from './lane-delivery.fake.js';
import { LaneRunner } from './lane-runner.js';
import { anOutcome, lateServices, newProcess } from './late-services.fake.js';

const HELD_MAX_COUNT = 1_000;
const NOW_MS = 1_000_000;
const fence = { partition: 0, epoch: 1 };
const id = 'int_keys';

const nowhere = {
  deliveriesOffset: 100,
  journalOffset: 0,
  journalEpoch: 0,
  marks: new Map(),
  historyThrough: -1,
  runs: new Map(),
  next: new Map(),
};

/**
 * The lanes of one integration under one owner, over fakes that answer whatever is asked: what is sent, and when. An
 * event's id is its lane's key; those whose key begins with `dead` fail.
 */
export class OneOwner {
  readonly store = new FakeLaneStore(new Map([[0, 1]]));
  readonly process = newProcess();
  readonly sent: string[] = [];
  readonly journal: JournalEnvelope[] = [];
  /** Monotonic, by key, of its last attempt. */
  readonly sentAtMs = new Map<string, number>();
  monotonicMs = NOW_MS;
  /** By how much the wall clock is wrong. */
  wrongByMs = 0;
  runner: LaneRunner;
  private readonly services;
  private configuration;
  private journalOffset = 0;

  constructor(
    private readonly delaysMs: readonly number[],
    heldMaxCount = HELD_MAX_COUNT,
  ) {
    this.configuration = this.configured(3);
    this.services = lateServices(this.process, this.store, {
      nowMs: () => this.nowMs,
      monotonicMs: () => this.monotonicMs,
      findsAtOnce: () => false,
      make: async ({ deliveries }) => {
        const keys = deliveries.map(({ envelope }) => envelope.event.id);
        this.sent.push(...keys);
        for (const key of keys) this.sentAtMs.set(key, this.monotonicMs);
        return { ...anOutcome(!keys[0]?.startsWith('dead'), false), durationMs: 0 };
      },
      appended: () => {},
      heldMaxCount,
      integration: () => this.configuration,
    });
    this.runner = new LaneRunner(fence, this.services, { ...nowhere, rows: new Map() });
  }

  get nowMs(): number {
    return this.monotonicMs + this.wrongByMs;
  }

  /** A row that waits for its second attempt. */
  async waits(key: string, offset: number, dueAtMs: number | null, push: number | null = null): Promise<void> {
    const lane = { partition: 0, integrationId: id, key };
    const insert = [this.delivery(key, offset, { attempt: 2, dueAtMs, push })];
    await this.store.write([{ kind: 'park', fence, lane, insert, update: [], storedAtMs: 1 }]);
  }

  async told(offset: number): Promise<void> {
    await this.store.write([{ kind: 'told', fence, integrationId: id, offsets: [offset] }]);
  }

  async begin(): Promise<void> {
    const rows = this.store.stored.length;
    this.runner = new LaneRunner(fence, this.services, { ...nowhere, rows: new Map([[id, rows]]) });
    this.runner.begin();
    await this.rests();
  }

  takes(key: string, offset: number): void {
    this.runner.enqueue(this.delivery(key, offset, {}));
  }

  change(overrides: Parameters<typeof anIntegration>[0]): void {
    this.configuration = this.configured(this.configuration.version + 1, overrides);
    this.runner.integrationChanged(id);
  }

  /** Answers whatever is asked, until nothing is. */
  async rests(): Promise<void> {
    for (let quiet = 0; quiet < 20; quiet += 1) if (await this.answersOne()) quiet = 0;
  }

  async pass(ms: number): Promise<void> {
    for (const untilMs = this.monotonicMs + ms; this.monotonicMs < untilMs; ) {
      this.monotonicMs += LANE_SWEEP_INTERVAL_MS;
      for (const [lane, { atMs, dueMs }] of [...this.process.timers]) {
        if (dueMs > this.monotonicMs) continue;
        this.process.timers.delete(lane);
        lane.shell.give(lane, { kind: 'timer fired', nowMs: Math.max(this.nowMs, atMs) });
      }
      this.runner.sweep();
      await this.rests();
    }
  }

  private async answersOne(): Promise<boolean> {
    const { appends, writes, questions } = this.process;
    const write = writes.shift();
    if (write) await this.store.write([write.write]).then(() => write.done(true));
    const append = appends.shift();
    if (append) this.journal.push(append.record);
    append?.done(this.journalOffset);
    this.journalOffset += 1;
    const question = questions.shift();
    question?.answer(false);
    await Promise.resolve();
    return write !== undefined || append !== undefined || question !== undefined;
  }

  private delivery(key: string, offset: number, overrides: Partial<LaneDelivery>): LaneDelivery {
    const { envelope, bytes } = aDelivery({ integrationId: id, event: { id: key, subject: key } });
    return aLaneDelivery({ offset, envelope, data: bytes, bytes: bytes.length, ...overrides });
  }

  private configured(version: number, overrides: Parameters<typeof anIntegration>[0] = {}) {
    const settings = {
      ordering: { mode: 'by-key' as const, key: '/subject', maxConcurrency: 4 },
      retry: {
        delaysMs: [...this.delaysMs],
        onExhausted: 'continue' as const,
        stopOn: [],
        disableOn: [],
        retryAfterMaxMs: 0,
      },
      disableAfter: null,
      disableAfterMs: null,
    };
    return anIntegration({ id, settings, enablement: 2, version, ...overrides });
  }
}
