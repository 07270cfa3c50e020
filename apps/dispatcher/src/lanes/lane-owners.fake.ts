import { decideLane } from './lane.decider.js';
import type { LaneEffect, LaneInput, LaneItem, LanePermission, LaneRules, LaneState, NextTry } from './lane.types.js';
import { beginLane } from './lane-beginning.js';
import { aLaneItem } from './lane-delivery.fake.js';
import { OffsetTracker } from './offset-tracker.js';

type Park = Extract<LaneEffect<LaneItem>, { kind: 'park rows' }>;

/** What one journal record says. */
interface Journaled {
  offsets: readonly number[];
  /** Null: aborted by ourselves. */
  result: 'ended' | NextTry | null;
  attempt: number;
}

/** All that dies with an owner's process. */
interface Owner {
  state: LaneState<LaneItem>;
  running: readonly LaneItem[] | null;
  result: Journaled['result'];
  /** On their way into the journal, in order. */
  appends: { outcome: number; record: Journaled }[];
  /** On their way into rows, in order. */
  writes: (Park | readonly number[])[];
  loading: { after: number; limit: number } | null;
  timers: number[];
  tracker: OffsetTracker<null>;
  /** The next offset of the log that it reads. */
  nextRead: number;
}

/** Of the changes that could be a deletion. */
const DELETED_EVERY = 20;

const ONE = { maxItems: 1, maxWaitMs: 0 };
const BATCHES = [ONE, ONE, { maxItems: 3, maxWaitMs: 0 }, { maxItems: 4, maxWaitMs: 20 }];

/**
 * One lane and its owners, one after the other: what they write outlives them (the log of deliveries, the journal,
 * rows, a checkpoint of any age), what they know does not. Each line of `history` is a thing that happened.
 */
export class LaneOwners {
  readonly history: string[] = [];
  readonly violations: string[] = [];
  readonly log: LaneItem[] = [];
  readonly rows = new Map<number, LaneItem>();
  readonly successes: number[] = [];
  /** Deliveries that ended by what the journal says, in the order of its records. */
  readonly ended: number[] = [];
  private readonly hasEnded = new Set<number>();
  /** The journal's last word on a delivery that failed, but for aborted attempts. */
  private readonly failed = new Map<number, Journaled>();
  private checkpoint = 0;
  private rules: LaneRules = { permission: 'send', discardBefore: 0, version: 1, batch: ONE };
  private nowMs = 0;
  /** What was held below this offset is due at once when it may be sent again. */
  private heldBelow = 0;
  private owner: Owner;

  constructor(batch: number) {
    this.rules = { ...this.rules, batch: BATCHES[batch] ?? ONE };
    this.owner = this.begin();
  }

  get lowWater(): number {
    return this.owner.tracker.lowWater;
  }

  /** One thing that can happen now, chosen by number. */
  step(choice: number, amount: number): void {
    const { running, appends, writes, loading, timers, nextRead } = this.owner;
    const possible = [
      () => this.enqueue(amount),
      () => this.change(choice),
      () => this.save(),
      () => this.crash(amount),
    ];
    const often = (step: () => void) => possible.push(step, step, step);
    if (nextRead < this.log.length) often(() => this.read());
    if (running) often(() => this.endAttempt(choice));
    if (appends.length > 0) often(() => this.append());
    if (writes.length > 0) often(() => this.write(choice % 4 === 0));
    if (loading) often(() => this.load());
    if (timers.length > 0) possible.push(() => this.fire());
    possible[choice % possible.length]?.();
  }

  /** Lets everything end: all succeeds from here on. */
  settle(): void {
    this.changeTo('send', { version: this.rules.version + 1 });
    for (let steps = 0; steps < 10_000; steps += 1) {
      const { running, appends, writes, loading, timers, nextRead } = this.owner;
      if (nextRead < this.log.length) this.read();
      else if (appends.length > 0) this.append();
      else if (writes.length > 0) this.write(false);
      else if (loading) this.load();
      else if (running) this.endAttempt(0);
      else if (timers.length > 0) this.fire();
      else return;
    }
    this.violations.push('never comes to rest');
  }

  private enqueue(count: number): void {
    for (let n = 0; n < count; n += 1) {
      const item = aLaneItem({ offset: this.log.length, version: this.rules.version, arrivedAtMs: this.nowMs });
      this.log.push(item);
    }
    this.history.push(`${count} come`);
  }

  private take(item: LaneItem): void {
    this.owner.tracker.track(item.offset, null);
    this.give({ kind: 'enqueued', items: [item] }, `takes ${item.offset}`);
  }

  private change(choice: number): void {
    const version = this.rules.version + 1;
    const batch = BATCHES[choice % BATCHES.length] ?? ONE;
    const kind = choice % 7;
    if (kind === 0) this.changeTo('hold', {});
    else if (kind === 1) this.changeTo('hold', { version });
    else if (kind === 2) this.changeTo('send', { version, discardBefore: version });
    else if (kind === 3 && choice % DELETED_EVERY === 0) this.changeTo('discard', { version });
    else if (kind === 4) this.give({ kind: 'memory short' }, 'memory short');
    else if (kind === 5) this.give({ kind: 'skip' }, 'skip');
    else this.changeTo('send', { version, batch });
  }

  private changeTo(permission: LanePermission, changes: Partial<LaneRules>): void {
    // What was deleted never comes back.
    if (this.rules.permission === 'discard') return;
    this.rules = { ...this.rules, ...changes, permission };
    if (permission !== 'send') this.heldBelow = this.log.length;
    const { version, discardBefore, batch } = this.rules;
    const what = `v${version} ${permission}, discard before ${discardBefore}, batches of ${batch.maxItems}`;
    this.give({ kind: 'integration changed', rules: this.rules }, what);
  }

  private endAttempt(choice: number): void {
    const { running } = this.owner;
    const [first] = running ?? [];
    if (running === null || first === undefined) return;
    this.owner.running = null;
    const what = choice % 9;
    const attempt = first.attempt + 1;
    if (what <= 4) {
      for (const { offset } of running) this.successes.push(offset);
      this.end('ended', { kind: 'attempt ended', result: 'delivered', counted: what === 1 }, 'succeeds');
    } else if (what === 5) {
      this.end('ended', { kind: 'attempt ended', result: 'failed', counted: true }, 'fails for good');
    } else if (what === 6) {
      this.end(null, { kind: 'attempt ended', result: 'aborted', counted: false }, 'is aborted');
    } else {
      const exhausted = what === 7;
      const next: NextTry = {
        attempt,
        dueAtMs: exhausted ? null : this.nowMs + choice,
        exhaustedUnder: exhausted ? this.rules.version : null,
      };
      this.end(next, { kind: 'attempt ended', result: next, counted: true }, exhausted ? 'is exhausted' : 'fails');
    }
  }

  private end(result: Journaled['result'], input: LaneInput<LaneItem>, what: string): void {
    this.owner.result = result;
    this.give(input, `the attempt ${what}`);
  }

  private append(): void {
    const first = this.owner.appends.shift();
    if (first === undefined) return;
    this.record(first.record);
    this.give({ kind: 'outcome acknowledged', outcome: first.outcome }, `journaled ${first.record.offsets.join()}`);
  }

  /** A failing write may have been committed all the same. */
  private write(fails: boolean): void {
    const [first] = this.owner.writes;
    if (first === undefined) return;
    if (!('kind' in first)) {
      if (!fails) this.commit(this.owner.writes.shift());
      return;
    }
    this.owner.writes.shift();
    if (!fails || this.nowMs % 2 === 0) this.commit(first);
    if (fails) this.give({ kind: 'rows failed', retryAtMs: this.nowMs + 5 }, 'the write fails');
    else this.give({ kind: 'rows stored' }, 'rows are stored');
  }

  private commit(write: Owner['writes'][number] | undefined): void {
    if (write === undefined) return;
    if ('kind' in write)
      for (const item of [...write.insert, ...write.update]) this.rows.set(item.offset, { ...item, pushEnd: null });
    else for (const offset of write) this.rows.delete(offset);
  }

  private load(): void {
    const { after, limit } = this.owner.loading ?? { after: 0, limit: 0 };
    this.owner.loading = null;
    const found = [...this.rows.values()].filter(({ offset }) => offset > after).sort((a, b) => a.offset - b.offset);
    this.give({ kind: 'rows loaded', items: found.slice(0, limit) }, `rows behind ${after} are read`);
  }

  private fire(): void {
    const at = this.owner.timers.sort((a, b) => a - b).shift() ?? 0;
    this.nowMs = Math.max(this.nowMs, at);
    this.give({ kind: 'timer fired', nowMs: this.nowMs }, `it is ${this.nowMs}`);
  }

  private save(): void {
    this.checkpoint = this.lowWater;
    this.history.push(`checkpoint ${this.checkpoint}`);
  }

  /** The owner dies, or loses its lease; of what was on its way the first few still arrive. */
  private crash(arriving: number): void {
    const { appends, writes } = this.owner;
    for (const { record } of appends.splice(0, arriving % 3)) this.record(record);
    for (const write of writes.splice(0, arriving % 2)) this.commit(write);
    const lost = decideLane(this.owner.state, { kind: 'lease lost' }).state;
    if (decideLane(lost, { kind: 'timer fired', nowMs: this.nowMs }).effects.length > 0) {
      this.violations.push('acts without its lease');
    }
    this.history.push(`crash; ${arriving % 3} records and ${arriving % 2} writes on their way arrive`);
    this.owner = this.begin();
    this.give({ kind: 'timer fired', nowMs: this.nowMs }, 'a new owner');
  }

  private read(): void {
    const item = this.log[this.owner.nextRead];
    if (item === undefined) return;
    this.owner.nextRead += 1;
    this.takeIn(item);
    if (item.offset === this.owner.state.catchUp?.through) this.give({ kind: 'caught up' }, 'caught up');
  }

  private takeIn(item: LaneItem): void {
    if (!this.rows.has(item.offset) && !this.hasEnded.has(item.offset)) {
      this.take({ ...item, ...this.nextOf(item.offset) });
      return;
    }
    this.owner.tracker.track(item.offset, null);
    this.owner.tracker.done(item.offset);
  }

  private record(record: Journaled): void {
    const { offsets, result } = record;
    for (const offset of offsets) {
      if (result === 'ended') this.hasEnded.add(offset);
      else if (result !== null) this.failed.set(offset, record);
    }
    if (result === 'ended') this.ended.push(...offsets);
  }

  /** The first deliveries that neither ended nor are about to. */
  private nextOpen(ending: ReadonlySet<number>, count: number): number[] {
    const open: number[] = [];
    for (let offset = 0; offset < this.log.length && open.length < count; offset += 1) {
      if (!this.hasEnded.has(offset) && !ending.has(offset)) open.push(offset);
    }
    return open;
  }

  /** What the journal says comes next of a delivery that failed. */
  private nextOf(offset: number): (NextTry & { push: number | null; pushEnd: number | null }) | null {
    const record = this.failed.get(offset);
    if (record === undefined || record.result === 'ended' || record.result === null) return null;
    const several = record.offsets.length > 1;
    const [push, pushEnd] = several ? [record.offsets[0] ?? null, record.offsets.at(-1) ?? null] : [null, null];
    return { ...record.result, push, pushEnd };
  }

  private begin(): Owner {
    for (const offset of this.ended) this.rows.delete(offset);
    for (const [offset, row] of this.rows) {
      const next = this.nextOf(offset);
      if (next && next.attempt > row.attempt) this.rows.set(offset, { ...row, ...next, pushEnd: null });
    }
    const offsets = [...this.rows.keys()].sort((a, b) => a - b);
    const firstRow = this.rows.get(offsets[0] ?? -1) ?? null;
    const last = offsets.at(-1) ?? -1;
    const unreadThrough = last >= this.checkpoint ? last : null;
    return {
      state: beginLane({ rules: this.rules, rows: this.rows.size, firstRow, unreadThrough }),
      running: null,
      result: null,
      appends: [],
      writes: [],
      loading: null,
      timers: [],
      tracker: new OffsetTracker(this.checkpoint, () => undefined),
      nextRead: this.checkpoint,
    };
  }

  private give(input: LaneInput<LaneItem>, what: string): void {
    this.history.push(what);
    const { owner } = this;
    const { state, effects } = decideLane(owner.state, input);
    owner.state = state;
    for (const effect of effects) this.carryOut(effect);
  }

  private carryOut(effect: LaneEffect<LaneItem>): void {
    const { owner } = this;
    switch (effect.kind) {
      case 'start attempt':
        this.startAttempt(effect.items);
        return;
      case 'journal': {
        const items: readonly LaneItem[] = effect.items;
        const result = effect.what === 'attempt' ? owner.result : 'ended';
        const record = { offsets: items.map(({ offset }) => offset), result, attempt: items[0]?.attempt ?? 0 };
        owner.appends.push({ outcome: effect.outcome, record });
        return;
      }
      case 'park rows':
        owner.writes.push(effect);
        return;
      case 'load rows':
        owner.loading = effect;
        return;
      case 'delete rows':
        owner.writes.push(effect.offsets);
        return;
      case 'set timer':
        owner.timers.push(effect.atMs);
        return;
      case 'mark offset done':
        this.markDone(effect.offset);
        return;
    }
  }

  /** A successor that does not read it again must know of it: as a row, or by the journal. */
  private markDone(offset: number): void {
    if (!this.rows.has(offset) && !this.hasEnded.has(offset)) this.violations.push(`forgotten: ${offset}`);
    this.owner.tracker.done(offset);
  }

  private startAttempt(items: readonly LaneItem[]): void {
    const { owner } = this;
    const offsets = items.map(({ offset }) => offset);
    this.history.push(`attempt ${items[0]?.attempt} of ${offsets.join()}`);
    const pending = owner.appends.flatMap(({ record }) => (record.result === 'ended' ? record.offsets : []));
    const expected = this.nextOpen(new Set(pending), items.length);
    if (expected.join() !== offsets.join()) this.violations.push(`overtook: ${offsets.join()}`);
    if (owner.running) this.violations.push('two attempts at a time');
    if (this.rules.permission !== 'send') this.violations.push('an attempt while it may not send');
    for (const { offset, attempt, dueAtMs, exhaustedUnder } of items) {
      const known = this.nextOf(offset);
      const following = known?.attempt ?? 1;
      if (attempt !== following) this.violations.push(`attempt ${attempt} of ${offset}, not ${following}`);
      const early = dueAtMs !== null && dueAtMs > this.nowMs && offset >= this.heldBelow;
      if (early) this.violations.push(`tried too early: ${offset}`);
      if (exhaustedUnder === this.rules.version) this.violations.push(`tried although exhausted: ${offset}`);
      if (known && known.push !== (offsets.length > 1 ? offsets[0] : null)) {
        this.violations.push(`left its push: ${offset}`);
      }
    }
    owner.running = items;
  }
}
