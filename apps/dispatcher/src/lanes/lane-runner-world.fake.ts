import type { IntegrationConfiguration, JournalEnvelope, Ordering } from '@hookstile/contracts';
import { aDelivery, anIntegration } from '@hookstile/testing';
import type { AttemptInput, AttemptOutcome } from '../attempts/attempt.types.js';
import { noHistory, rememberRecord } from '../journal/journal-history.js';
import { nameBytesOf } from '../journal/journal-records.js';
import { rowWrites } from '../ownership/takeover.js';
import { FakeLaneStore } from './lane.store.fake.js';
import type { LaneDelivery } from './lane.store.js';
import { LaneRunner } from './lane-runner.js';
import type { LaneServices } from './lane-services.js';
import { anOutcome, lateServices, newProcess, type Process } from './late-services.fake.js';

const PARTITION = 0;
const HOUR_MS = 3_600_000;
const MANY = 1_000;
const ORDERINGS: Record<string, Ordering> = {
  int_keys: { mode: 'by-key', key: '/subject', maxConcurrency: 2 },
  int_single: { mode: 'strict' },
  int_any: { mode: 'unordered', maxConcurrency: 2 },
};
const IDS = Object.keys(ORDERINGS);

interface Logged {
  readonly item: LaneDelivery;
  readonly key: string;
}

/**
 * A partition's lanes under one owner after the other, over fakes that answer late and in any order: Postgres, the
 * journal, receivers, the clock. Notes what breaks a rule; each line of `history` is a thing that happened.
 */
export class LaneRunnerWorld {
  readonly history: string[] = [];
  readonly violations: string[] = [];
  readonly log: Logged[] = [];
  /** Deliveries that ended by what the journal says. */
  readonly ended = new Set<number>();
  readonly store = new FakeLaneStore(new Map());
  slept = 0;
  private readonly journal: JournalEnvelope[] = [];
  private readonly configurations = new Map<string, IntegrationConfiguration>();
  /** Ended as far as the owner knows: a successor sends again what the journal does not know. */
  private endedHere = new Set<number>();
  private readonly heldBelow = new Map<string, number>();
  private monotonicMs = 0;
  private wallAheadMs = 10 * HOUR_MS;
  private wasStepped = false;
  private epoch = 0;
  private checkpoint = 0;
  private process: Process;

  constructor() {
    for (const id of IDS) this.configure(id, {});
    this.process = this.begin();
  }

  async step(choice: number, amount: number): Promise<void> {
    const { running, appends, writes, questions } = this.process;
    const possible: (() => void)[] = [
      () => this.enqueue(choice, amount),
      () => this.pass(amount * amount * 1_000),
      () => this.sweep(),
      () => this.change(choice),
      () => this.rare(choice, amount),
    ];
    const often = (step: () => void) => possible.push(step, step);
    if (running.length > 0) often(() => this.endAttempt(choice));
    if (appends.length > 0) often(() => this.append());
    if (writes.length > 0) often(() => this.write(choice));
    if (questions.length > 0) often(() => this.answer(choice));
    possible[choice % possible.length]?.();
    await this.rest();
  }

  /** Lets everything end: all succeeds from here on. */
  async settle(): Promise<void> {
    for (const id of IDS) if (this.configurations.get(id)?.deleted === false) this.enable(id, false);
    for (let steps = 0; steps < 1_500; steps += 1) {
      const { running, appends, writes, questions } = this.process;
      if (questions.length > 0) this.answer(1);
      else if (writes.length > 0) this.write(1);
      else if (appends.length > 0) this.append();
      else if (running.length > 0) this.endAttempt(1);
      else if (this.isDone) return;
      else {
        this.pass(60_000);
        this.sweep();
      }
      await this.rest();
    }
    this.violations.push('never comes to rest');
  }

  get leftOver(): { rows: number; memory: number; lowWater: number; awake: number; may: number } {
    const { runner, memory, awake } = this.process;
    const laned = [...runner.laned];
    const woken = laned.reduce((sum, { sleepers }) => sum + sleepers.woken, 0);
    return {
      rows: this.store.stored.length,
      memory: memory.deliveries,
      lowWater: runner.progress.lowWater,
      awake: awake.count - woken,
      may: laned.filter(({ sleepers }) => sleepers.may).length,
    };
  }

  private get isDone(): boolean {
    const { runner } = this.process;
    const isQuiet = runner.lanes.length === 0 && this.store.stored.length === 0;
    return isQuiet && [...runner.laned].every(({ sleepers }) => !sleepers.may && sleepers.waking.size === 0);
  }

  private get nowMs(): number {
    return this.monotonicMs + this.wallAheadMs;
  }

  private async rest(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
  }

  private tell(what: string): void {
    this.history.push(what);
  }

  private configure(id: string, overrides: Partial<IntegrationConfiguration>): void {
    const before = this.configurations.get(id);
    const settings = {
      ordering: ORDERINGS[id] ?? { mode: 'strict' as const },
      retry: {
        delaysMs: [45_000, 1_000, 300_000],
        onExhausted: 'continue' as const,
        stopOn: [],
        disableOn: [],
        retryAfterMaxMs: 0,
      },
      disableAfter: null,
      disableAfterMs: null,
    };
    const version = (before?.version ?? 0) + 1;
    const next = { ...(before ?? anIntegration({ id, settings })), ...overrides, version };
    this.configurations.set(id, next);
    if (next.state === 'disabled') this.heldBelow.set(id, this.log.length);
    this.tell(`${id} v${version}: ${next.deleted ? 'deleted' : next.state}, discard before ${next.discardBefore}`);
    if (before) this.process.runner.integrationChanged(id);
  }

  private enable(id: string, discard: boolean): void {
    const { enablement = 0, version = 0, discardBefore = 0 } = this.configurations.get(id) ?? {};
    const through = Math.max(this.heldBelow.get(id) ?? 0, this.log.length);
    this.heldBelow.set(id, through);
    this.configure(id, {
      state: 'enabled',
      enablement: enablement + 1,
      discardBefore: discard ? version + 1 : discardBefore,
    });
  }

  private change(choice: number): void {
    const id = IDS[choice % IDS.length] ?? '';
    const kind = Math.floor(choice / 7) % 6;
    if (this.configurations.get(id)?.deleted) return;
    if (kind <= 1) this.configure(id, { state: 'disabled', disabledReason: 'admin' });
    else if (kind <= 3) this.enable(id, kind === 3);
    else this.configure(id, {});
  }

  private rare(choice: number, amount: number): void {
    const kind = Math.floor(choice / 11) % 12;
    if (kind <= 2) this.crash(amount);
    else if (kind <= 4) this.stepClock(kind === 3 ? HOUR_MS : -HOUR_MS);
    else if (kind === 5) this.suspend();
    else if (kind === 6) this.save();
    else if (kind === 7) {
      this.tell('memory is short');
      this.process.runner.relieveMemory(-1);
    } else if (kind === 8 && choice % 5 === 0) this.configure(IDS[choice % IDS.length] ?? '', { deleted: true });
  }

  private stepClock(byMs: number): void {
    this.tell(`the clock jumps by ${byMs / HOUR_MS} h`);
    this.wallAheadMs += byMs;
    this.wasStepped = true;
  }

  private suspend(): void {
    this.tell('the lease ran out, and is renewed');
    this.process.runner.suspend();
    this.process.runner.resume();
  }

  private save(): void {
    this.checkpoint = this.process.runner.progress.lowWater;
    this.tell(`checkpoint ${this.checkpoint}`);
  }

  private enqueue(choice: number, amount: number): void {
    const id = IDS[choice % IDS.length] ?? '';
    for (let n = 0; n < amount; n += 1) {
      const offset = this.log.length;
      const subject = `key_${(choice + n * 3) % 7}`;
      const version = this.configurations.get(id)?.version ?? 0;
      const delivery = { integrationId: id, integrationVersion: version, sourceOffset: offset };
      const { envelope, bytes } = aDelivery({ ...delivery, event: { id: `evt_${offset}`, subject } });
      const key = id === 'int_keys' ? `${id}/${subject}` : id === 'int_any' ? `${id}/${offset}` : id;
      const item: LaneDelivery = {
        offset,
        version,
        bytes: bytes.length,
        nameBytes: nameBytesOf(envelope),
        trigger: 'event',
        arrivedAtMs: this.nowMs,
        attempt: 1,
        dueAtMs: null,
        push: null,
        pushEnd: null,
        exhaustedUnder: null,
        envelope,
        data: bytes,
      };
      this.log.push({ item, key });
      this.tell(`takes ${offset} of ${key}`);
      this.process.runner.enqueue(item);
    }
  }

  private pass(ms: number): void {
    const { process } = this;
    this.monotonicMs += ms;
    this.tell(`it is ${this.monotonicMs}`);
    for (const [lane, { atMs, dueMs }] of [...process.timers]) {
      if (dueMs > this.monotonicMs) continue;
      process.timers.delete(lane);
      lane.shell.give(lane, { kind: 'timer fired', nowMs: Math.max(this.nowMs, atMs) });
    }
    const due = process.laters.filter(({ dueMs }) => dueMs <= this.monotonicMs);
    process.laters.splice(0, MANY, ...process.laters.filter(({ dueMs }) => dueMs > this.monotonicMs));
    for (const { run } of due) run();
  }

  private sweep(): void {
    this.tell('sweeps');
    const count = () => [...this.process.runner.laned].reduce((sum, { sleepers }) => sum + sleepers.slept, 0);
    const before = count();
    this.process.runner.sweep();
    this.slept += count() - before;
  }

  private endAttempt(choice: number): void {
    const { running } = this.process;
    const [one] = running.splice(choice % running.length, 1);
    if (one === undefined) return;
    const succeeds = choice % 3 !== 0 && one.input.signal.aborted === false;
    const aborted = one.input.signal.aborted;
    this.tell(`the attempt at ${one.offset} ${succeeds ? 'succeeds' : aborted ? 'is aborted' : 'fails'}`);
    const isLast = one.input.attempt > 3;
    if (succeeds || (isLast && !aborted)) this.endedHere.add(one.offset);
    one.end(anOutcome(succeeds, aborted));
  }

  private append(): void {
    const first = this.process.appends.shift();
    if (first === undefined) return;
    first.done(this.record(first.record));
  }

  private record(record: JournalEnvelope): number {
    this.journal.push(record);
    for (const { offset } of record.kind === 'held' ? record.deliveries : []) {
      if (this.ended.has(offset)) this.violations.push(`held though it had ended: ${offset}`);
    }
    if (record.kind === 'epoch' || record.kind === 'held') return this.journal.length - 1;
    const ends = record.kind !== 'attempt' || record.push !== 'pending';
    for (const { offset } of ends ? record.deliveries : []) {
      if (this.ended.has(offset)) this.violations.push(`ended twice: ${offset}`);
      this.ended.add(offset);
      this.endedHere.add(offset);
      this.tell(`journaled: ${offset} ${record.kind}`);
    }
    return this.journal.length - 1;
  }

  /** A park that fails may have been committed all the same; what else fails is written again. */
  private write(choice: number): void {
    const { writes } = this.process;
    const batch = writes.splice(0, 1 + (choice % 3));
    const fails = choice % 5 === 0;
    const committed = !fails || choice % 10 === 0;
    this.tell(
      `${batch.map(({ write }) => write.kind).join(', ')}: ${fails ? `fails, committed: ${committed}` : 'stored'}`,
    );
    if (committed) void this.store.write(batch.map(({ write }) => write));
    if (fails) writes.unshift(...batch.filter(({ write }) => write.kind !== 'park'));
    for (const { write, done } of batch) if (!fails || write.kind === 'park') done(!fails);
  }

  private answer(choice: number): void {
    const { questions } = this.process;
    const [one] = questions.splice(choice % questions.length, 1);
    this.tell('an answer of Postgres');
    one?.answer(choice % 11 === 0);
  }

  private crash(arriving: number): void {
    const { process } = this;
    for (const { record } of process.appends.splice(0, arriving % 3)) this.record(record);
    void this.store.write(process.writes.splice(0, arriving % 2).map(({ write }) => write));
    this.tell(`another owner; ${arriving % 3} records and ${arriving % 2} writes on their way arrive`);
    process.isAlive = false;
    process.runner.lose();
    if (process.memory.deliveries !== 0) this.violations.push(`lost with ${process.memory.deliveries} in memory`);
    if (process.loaded.bytes !== 0) this.violations.push(`lost with ${process.loaded.bytes} bytes read ahead`);
    if (process.awake.count !== 0) this.violations.push(`lost with ${process.awake.count} awake`);
    this.process = this.begin();
  }

  private begin(): Process {
    this.epoch += 1;
    this.store.epochs.set(PARTITION, this.epoch);
    const fence = { partition: PARTITION, epoch: this.epoch };
    const history = noHistory(0);
    for (const record of this.journal) rememberRecord(history, record);
    this.endedHere = new Set(history.ended.keys());
    const counts = () => Map.groupBy(this.store.stored, ({ lane }) => lane.integrationId);
    const rowCounts = () => new Map([...counts()].map(([id, rows]) => [id, rows.length]));
    const taken = { ...fence, checkpoint: null } as never;
    void this.store.write(rowWrites(taken, { rows: rowCounts(), runs: new Map(), signals: [] }, history));
    const process = newProcess();
    const runner = new LaneRunner(fence, this.servicesOf(process), {
      deliveriesOffset: this.checkpoint,
      journalOffset: 0,
      journalEpoch: 0,
      marks: new Map(),
      historyThrough: -1,
      runs: new Map(),
      rows: rowCounts(),
      next: history.next,
    });
    Object.assign(process, { runner });
    const rows = new Set(this.store.stored.map(({ item }) => item.offset));
    this.process = process;
    runner.begin();
    for (const { item } of this.log.slice(this.checkpoint)) {
      const { offset } = item;
      const next = history.next.get(offset);
      if (history.ended.has(offset) || rows.has(offset)) runner.skip(offset, item.envelope);
      else runner.enqueue(next ? { ...item, ...next } : item);
    }
    return process;
  }

  private servicesOf(process: Process): LaneServices {
    return lateServices(process, this.store, {
      nowMs: () => this.nowMs,
      monotonicMs: () => this.monotonicMs,
      // What is found was there at any moment between question and answer.
      findsAtOnce: () => this.history.length % 2 === 0,
      make: (input) => this.make(process, input),
      appended: (record) => {
        if (record.kind === 'discarded') for (const { offset } of record.deliveries) this.endedHere.add(offset);
      },
      integration: (id) => this.configurations.get(id),
    });
  }

  private make(process: Process, input: AttemptInput): Promise<AttemptOutcome> {
    const offset =
      this.log.find(({ item }) => item.envelope.deliveryId === input.deliveries[0]?.envelope.deliveryId)?.item.offset ??
      -1;
    this.check(process, offset, input);
    this.tell(`attempt ${input.attempt} at ${offset}`);
    return new Promise((end) => process.running.push({ input, offset, end }));
  }

  private check({ isAlive, running }: Process, offset: number, { integration: { id } }: AttemptInput): void {
    const logged = this.log[offset];
    if (logged === undefined) return;
    const { key } = logged;
    if (!isAlive) this.violations.push(`sent without the lease: ${offset}`);
    if (this.configurations.get(id)?.state === 'disabled') this.violations.push(`sent while stopped: ${offset}`);
    if (this.endedHere.has(offset)) this.violations.push(`sent though it had ended: ${offset}`);
    const atATime = running.filter(({ input }) => input.integration.id === id).length;
    const ordering = ORDERINGS[id];
    const max = ordering === undefined || ordering.mode === 'strict' ? 1 : ordering.maxConcurrency;
    if (atATime >= max) this.violations.push(`too many at a time: ${offset}`);
    const earlier = this.log.slice(0, offset).filter((other) => other.key === key);
    const open = earlier.find(({ item }) => !this.endedHere.has(item.offset));
    if (open) this.violations.push(`overtook ${open.item.offset}: ${offset}`);
    const row = this.store.stored.find(({ item }) => item.offset === offset)?.item;
    const isEarly = row?.dueAtMs != null && row.dueAtMs > this.nowMs && offset >= (this.heldBelow.get(id) ?? 0);
    if (isEarly && !this.wasStepped) this.violations.push(`tried too early: ${offset}`);
  }
}
