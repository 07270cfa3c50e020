import { beginLane, decideLane } from './lane.decider.js';
import type { LaneEffect, LaneInput, LaneItem, LaneState } from './lane.types.js';

type Park = Extract<LaneEffect<LaneItem>, { kind: 'park rows' }>;

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
  private running: { item: LaneItem; stored: boolean } | null = null;
  private stopped = false;
  private version = 1;
  private nowMs = 0;
  private nextOffset = 0;
  private readonly acks: number[] = [];
  private parking: Park | null = null;
  private readonly unanswered = new Set<number>();
  private loading: { after: number; limit: number } | null = null;
  private tending: { after: number } | null = null;
  private readonly timers: number[] = [];

  constructor() {
    this.state = beginLane({ permission: 'send', discardBefore: 0, rows: 0, firstRow: null });
  }

  /** One thing that can happen now, chosen by number. */
  step(choice: number, amount: number): void {
    const possible: (() => void)[] = [() => this.enqueue(amount), () => this.change(choice)];
    if (this.running) possible.push(...Array.from({ length: 3 }, () => () => this.endAttempt(choice)));
    if (this.acks.length > 0) possible.push(() => this.acknowledge());
    if (this.parking) {
      possible.push(() =>
        this.endPark((['stored', 'stored', 'failed', 'unanswered'] as const)[choice % 4] ?? 'stored'),
      );
    }
    if (this.loading) possible.push(() => this.endLoad(choice % 5 !== 0));
    if (this.tending) possible.push(() => this.endTending(choice % 3));
    if (this.timers.length > 0) possible.push(() => this.fire());
    possible[choice % possible.length]?.();
  }

  /** Lets everything end: all succeeds from here on. */
  settle(): void {
    this.stopped = false;
    this.give({ kind: 'integration changed', permission: 'send', discardBefore: this.state.discardBefore });
    for (let steps = 0; steps < 100_000; steps += 1) {
      if (this.acks.length > 0) this.acknowledge();
      else if (this.parking) this.endPark('stored');
      else if (this.tending) this.endTending(0);
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
      return { offset, version: this.version, bytes: 1, attempt: 1, dueAtMs: null };
    });
    this.give({ kind: 'enqueued', items });
  }

  private change(choice: number): void {
    const kind = choice % 8;
    if (kind === 7) {
      this.stopped = false;
      this.give({ kind: 'integration changed', permission: 'discard', discardBefore: this.state.discardBefore });
      return;
    }
    if (kind === 6) {
      this.give({ kind: 'memory short' });
      return;
    }
    if (kind >= 4) this.version += 1;
    this.stopped = kind < 2;
    const discardBefore = kind === 4 ? this.version : this.state.discardBefore;
    this.give({ kind: 'integration changed', permission: this.stopped ? 'hold' : 'send', discardBefore });
  }

  private endAttempt(choice: number): void {
    const attempt = this.running?.item.attempt ?? 0;
    const what = choice % 10;
    this.running = null;
    if (what === 9) {
      this.give({ kind: 'attempt withdrawn' });
      return;
    }
    if (what === 8) {
      this.give({ kind: 'attempt ended', result: 'aborted', counted: false });
      return;
    }
    if (what >= 6) {
      this.give({ kind: 'attempt ended', result: 'failed', counted: true });
      return;
    }
    const retry = { attempt: attempt + 1, dueAtMs: this.nowMs + choice };
    if (what >= 3) {
      this.give({ kind: 'attempt ended', result: retry, counted: true });
      return;
    }
    this.give({ kind: 'attempt ended', result: 'delivered', counted: what === 2 });
  }

  private acknowledge(): void {
    this.give({ kind: 'outcome acknowledged', outcome: this.acks.shift() ?? 0 });
  }

  /** `unanswered`: it was committed, and the connection broke before the answer came. */
  private endPark(how: 'stored' | 'failed' | 'unanswered'): void {
    const { insert, update } = this.parking ?? { insert: [], update: null };
    this.parking = null;
    if (how !== 'failed') this.putRows(insert, update);
    if (how === 'unanswered') for (const { offset } of insert) this.unanswered.add(offset);
    else for (const { offset } of how === 'stored' ? insert : []) this.unanswered.delete(offset);
    this.give(how === 'stored' ? { kind: 'rows stored' } : { kind: 'rows failed', retryAtMs: this.nowMs + 5 });
  }

  private putRows(insert: readonly LaneItem[], update: LaneItem | null): void {
    for (const item of insert) {
      if (this.rows.has(item.offset) && !this.unanswered.has(item.offset)) {
        this.violations.push(`inserted twice: ${item.offset}`);
      }
      this.rows.set(item.offset, item);
    }
    if (update) {
      if (!this.rows.has(update.offset)) this.violations.push(`changed a row that is not there: ${update.offset}`);
      this.rows.set(update.offset, update);
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

  private endTending(discard: number): void {
    const after = this.tending?.after ?? 0;
    this.tending = null;
    const oldest = [...this.rows.keys()].filter((offset) => offset > after).sort((a, b) => a - b);
    const removed = oldest.slice(0, discard);
    for (const offset of removed) {
      this.rows.delete(offset);
      this.ended.push(offset);
    }
    this.give({ kind: 'held tended', removed: removed.length, againAtMs: null });
  }

  private fire(): void {
    const at = this.timers.sort((a, b) => a - b).shift() ?? 0;
    this.nowMs = Math.max(this.nowMs, at);
    this.give({ kind: 'timer fired', nowMs: this.nowMs });
  }

  private give(input: LaneInput<LaneItem>): void {
    const running = this.state.head?.status === 'running' ? this.state.head.item : null;
    const { state, effects } = decideLane(this.state, input);
    this.state = state;
    const ends = input.kind === 'attempt ended' && (input.result === 'delivered' || input.result === 'failed');
    if (ends && running) this.end(running.offset);
    for (const effect of effects) this.carryOut(effect);
    this.unacknowledgedMax = Math.max(this.unacknowledgedMax, this.running ? this.attemptsUnacknowledged() : 0);
  }

  /** Unacknowledged outcomes when an attempt runs: the one that will end may become the fourth. */
  private attemptsUnacknowledged(): number {
    return this.state.outcomes.filter((outcome) => outcome.offsets.length <= 1).length;
  }

  private end(offset: number): void {
    if (offset !== this.enqueuedOffsets[this.ended.length]) this.violations.push(`ended out of order: ${offset}`);
    this.ended.push(offset);
  }

  private carryOut(effect: LaneEffect<LaneItem>): void {
    switch (effect.kind) {
      case 'start attempt':
        if (this.running) this.violations.push('two attempts at a time');
        if (this.stopped) this.violations.push(`an attempt while stopped: ${effect.item.offset}`);
        if (this.acks.length >= 4) this.violations.push('an attempt with four outcomes unacknowledged');
        if (effect.item.offset !== this.enqueuedOffsets[this.ended.length]) {
          this.violations.push(`overtook: ${effect.item.offset}`);
        }
        this.running = { item: effect.item, stored: effect.stored };
        return;
      case 'journal':
        this.acks.push(effect.outcome);
        if (effect.what === 'discarded') for (const item of effect.items) this.end(item.offset);
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
      case 'tend held':
        this.tending = effect;
        return;
      case 'set timer':
        this.timers.push(effect.atMs);
        return;
      case 'mark offset done':
        this.doneOffsets.push(effect.offset);
        return;
    }
  }
}
