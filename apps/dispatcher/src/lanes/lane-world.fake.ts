import { decideLane } from './lane.decider.js';
import type { LaneEffect, LaneInput, LaneItem, LanePermission, LaneRules, LaneState, Push } from './lane.types.js';
import { beginLane } from './lane-beginning.js';
import { aLaneItem } from './lane-delivery.fake.js';
import { discardableThrough } from './lane-sleep.js';

type Park = Extract<LaneEffect<LaneItem>, { kind: 'park rows' }>;
type Start = Extract<LaneEffect<LaneItem>, { kind: 'start attempt' }>;

const ONE = { maxItems: 1, maxWaitMs: 0 };
const BATCHES = [ONE, { maxItems: 3, maxWaitMs: 0 }, { maxItems: 5, maxWaitMs: 20 }, ONE];

/**
 * The naive world around one lane: it carries out the decider's effects, late and in any order that can happen, and
 * notes what breaks a rule. The model of what must come out is one sorted list: deliveries end in their order.
 */
export class LaneWorld {
  readonly violations: string[] = [];
  readonly enqueuedOffsets: number[] = [];
  readonly ended: number[] = [];
  readonly doneOffsets: number[] = [];
  readonly rows = new Map<number, LaneItem>();
  unacknowledgedMax = 0;
  private state: LaneState<LaneItem>;
  private running: { items: Push<LaneItem>; stored: boolean } | null = null;
  private stopped = false;
  private version = 1;
  private nowMs = 0;
  private nextOffset = 0;
  private discardBefore = 0;
  /** What was held below this offset is due at once when it may be sent again. */
  private heldBelow = 0;
  private batch = ONE;
  /** The members of a push that failed, by its first. */
  private readonly frozen = new Map<number, string>();
  private readonly asides = new Set<number>();
  private readonly acks: number[] = [];
  private parking: Park | null = null;
  private readonly unanswered = new Set<number>();
  private loading: { after: number; limit: number } | null = null;
  private readonly timers: number[] = [];

  constructor() {
    this.state = beginLane({ rules: this.rules('send'), rows: 0, firstRow: null, unreadThrough: null });
  }

  /** One thing that can happen now, chosen by number. */
  step(choice: number, amount: number): void {
    const possible = [() => this.enqueue(amount), () => this.change(choice), () => this.give({ kind: 'skip' })];
    if (this.running) possible.push(...Array.from({ length: 3 }, () => () => this.endAttempt(choice)));
    if (this.acks.length > 0) possible.push(() => this.acknowledge());
    if (this.parking) {
      possible.push(() =>
        this.endPark((['stored', 'stored', 'failed', 'unanswered'] as const)[choice % 4] ?? 'stored'),
      );
    }
    if (this.loading) possible.push(() => this.endLoad(choice % 5 !== 0));
    if (this.running) possible.push(() => this.putOff());
    if (this.stopped) possible.push(() => this.discardHeld(choice % 3));
    if (this.timers.length > 0) possible.push(() => this.fire());
    possible[choice % possible.length]?.();
  }

  /** Lets everything end: all succeeds from here on. */
  settle(): void {
    this.stopped = false;
    this.version += 1;
    this.changeTo('send');
    for (let steps = 0; steps < 100_000; steps += 1) {
      if (this.acks.length > 0) this.acknowledge();
      else if (this.parking) this.endPark('stored');
      else if (this.loading) this.endLoad(true);
      else if (this.running) this.endAttempt(100);
      else if (this.timers.length > 0) this.fire();
      else return;
    }
    this.violations.push('never comes to rest');
  }

  private enqueue(count: number): void {
    const items = Array.from({ length: count }, () => {
      const offset = this.nextOffset;
      this.nextOffset += 1;
      this.enqueuedOffsets.push(offset);
      return aLaneItem({ offset, version: this.version, arrivedAtMs: this.nowMs });
    });
    this.give({ kind: 'enqueued', items });
  }

  private change(choice: number): void {
    const kind = choice % 8;
    if (kind === 7) {
      this.stopped = false;
      this.changeTo('discard');
      return;
    }
    if (kind === 6) {
      this.give({ kind: 'memory short' });
      return;
    }
    if (kind >= 4) this.version += 1;
    this.stopped = kind < 2;
    if (kind === 4) this.discardBefore = this.version;
    if (kind >= 3) this.batch = BATCHES[choice % BATCHES.length] ?? ONE;
    this.changeTo(this.stopped ? 'hold' : 'send');
  }

  private changeTo(permission: LanePermission): void {
    if (permission === 'hold') this.heldBelow = this.nextOffset;
    this.give({ kind: 'integration changed', rules: this.rules(permission) });
  }

  private rules(permission: LanePermission): LaneRules {
    return { permission, discardBefore: this.discardBefore, version: this.version, batch: this.batch };
  }

  private endAttempt(choice: number): void {
    const { items } = this.running ?? { items: null };
    if (items === null) return;
    const what = choice % 10;
    this.running = null;
    const attempt = items[0].attempt + 1;
    const offsets = items.map(({ offset }) => offset);
    if (what === 9) this.give({ kind: 'attempt withdrawn' });
    else if (what === 8) this.give({ kind: 'attempt ended', result: 'aborted', counted: false });
    else if (what >= 6) this.endPush(offsets, 'failed', true);
    else if (what >= 3) {
      this.frozen.set(offsets[0] ?? -1, offsets.join());
      const dueAtMs = what === 3 ? null : this.nowMs + choice;
      const exhaustedUnder = what === 3 ? this.version : null;
      this.give({ kind: 'attempt ended', result: { attempt, dueAtMs, exhaustedUnder }, counted: true });
    } else this.endPush(offsets, 'delivered', what === 2);
  }

  private endPush(offsets: readonly number[], result: 'delivered' | 'failed', counted: boolean): void {
    for (const offset of offsets) this.end(offset);
    this.give({ kind: 'attempt ended', result, counted });
  }

  private acknowledge(): void {
    this.give({ kind: 'outcome acknowledged', outcome: this.acks.shift() ?? 0 });
  }

  /** `unanswered`: it was committed, and the connection broke before the answer came. */
  private endPark(how: 'stored' | 'failed' | 'unanswered'): void {
    const { insert, update } = this.parking ?? { insert: [], update: [] };
    this.parking = null;
    if (how !== 'failed') this.putRows(insert, update);
    if (how === 'unanswered') for (const { offset } of insert) this.unanswered.add(offset);
    else for (const { offset } of how === 'stored' ? insert : []) this.unanswered.delete(offset);
    this.give(how === 'stored' ? { kind: 'rows stored' } : { kind: 'rows failed', retryAtMs: this.nowMs + 5 });
  }

  private putRows(insert: readonly LaneItem[], update: readonly LaneItem[]): void {
    for (const item of insert) {
      if (this.rows.has(item.offset) && !this.unanswered.has(item.offset)) {
        this.violations.push(`inserted twice: ${item.offset}`);
      }
      this.rows.set(item.offset, item);
    }
    for (const item of update) {
      if (!this.rows.has(item.offset)) this.violations.push(`changed a row that is not there: ${item.offset}`);
      this.rows.set(item.offset, item);
    }
  }

  private endLoad(succeeds: boolean): void {
    const { after, limit } = this.loading ?? { after: 0, limit: 0 };
    this.loading = null;
    if (!succeeds) {
      this.give({ kind: 'load failed', retryAtMs: this.nowMs + 5 });
      return;
    }
    const found = [...this.rows.values()].filter((row) => row.offset > after).sort((a, b) => a.offset - b.offset);
    this.give({ kind: 'rows loaded', items: found.slice(0, limit) });
  }

  /** The attempt has not begun: with memory short it is put off. */
  private putOff(): void {
    if (this.running === null) return;
    this.running = null;
    this.give({ kind: 'put off', dueAtMs: this.nowMs + 3 });
  }

  /** What is held beyond the bounds of its integration. */
  private discardHeld(count: number): void {
    const through = discardableThrough(this.state);
    if (through === null) return;
    const oldest = [...this.rows.keys()].filter((offset) => offset <= through).sort((a, b) => a - b);
    const push = this.rows.get(oldest[count - 1] ?? -1)?.push ?? null;
    const isMember = (offset: number) => push !== null && this.rows.get(offset)?.push === push;
    const removed = oldest.filter((offset, index) => index < count || isMember(offset));
    for (const offset of removed) {
      this.rows.delete(offset);
      this.end(offset);
    }
    const last = removed.at(-1);
    if (last !== undefined) this.give({ kind: 'rows discarded', count: removed.length, through: last });
  }

  private fire(): void {
    const at = this.timers.sort((a, b) => a - b).shift() ?? 0;
    this.nowMs = Math.max(this.nowMs, at);
    this.give({ kind: 'timer fired', nowMs: this.nowMs });
  }

  private give(input: LaneInput<LaneItem>): void {
    const { state, effects } = decideLane(this.state, input);
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
    this.unacknowledgedMax = Math.max(this.unacknowledgedMax, this.running ? this.attemptsUnacknowledged() : 0);
  }

  /** Unacknowledged outcomes when an attempt runs: the one that will end may become the fourth. */
  private attemptsUnacknowledged(): number {
    return this.state.outcomes.filter(({ id }) => !this.asides.has(id)).length;
  }

  private end(offset: number): void {
    if (offset !== this.enqueuedOffsets[this.ended.length]) this.violations.push(`ended out of order: ${offset}`);
    this.ended.push(offset);
  }

  private carryOut(effect: LaneEffect<LaneItem>): void {
    switch (effect.kind) {
      case 'start attempt':
        this.startAttempt(effect);
        return;
      case 'journal':
        this.acks.push(effect.outcome);
        if (effect.what === 'attempt') return;
        this.asides.add(effect.outcome);
        for (const item of effect.items) this.end(item.offset);
        return;
      case 'park rows':
        if (this.parking) this.violations.push('two writes at a time');
        this.parking = effect;
        return;
      case 'load rows':
        if (this.loading) this.violations.push('two reads at a time');
        this.loading = effect;
        return;
      case 'delete rows':
        for (const offset of effect.offsets) {
          if (!this.rows.delete(offset)) this.violations.push(`deleted a row that is not there: ${offset}`);
        }
        return;
      case 'set timer':
        this.timers.push(effect.atMs);
        return;
      case 'mark offset done':
        this.doneOffsets.push(effect.offset);
        return;
    }
  }

  private startAttempt({ items, stored }: Start): void {
    const offsets = items.map(({ offset }) => offset);
    const [first] = items;
    if (this.running) this.violations.push('two attempts at a time');
    if (first.push !== null && first.push !== first.offset) this.violations.push(`its push was torn: ${first.offset}`);
    if (this.stopped) this.violations.push(`an attempt while stopped: ${first.offset}`);
    if (this.acks.length >= 4) this.violations.push('an attempt with four outcomes unacknowledged');
    const next = this.enqueuedOffsets.slice(this.ended.length, this.ended.length + items.length);
    if (next.join() !== offsets.join()) this.violations.push(`overtook: ${offsets.join()}`);
    const frozen = this.frozen.get(first.offset) ?? offsets.join();
    if (frozen !== offsets.join()) this.violations.push(`was ${frozen} when it failed, is ${offsets.join()}`);
    if (first.exhaustedUnder === this.version) this.violations.push(`tried although exhausted: ${first.offset}`);
    const isLater = first.dueAtMs !== null && first.dueAtMs > this.nowMs && first.offset >= this.heldBelow;
    if (isLater) this.violations.push(`tried too early: ${first.offset}`);
    this.running = { items, stored };
  }
}
