import { setImmediate as turn } from 'node:timers/promises';
import { FakeMessaging, type Messaging, type RecordPublisher, type SubscriptionOptions } from '@hookstile/messaging';
import type { Clock, Logger } from '@hookstile/service-runtime';
import { fixedClock } from '@hookstile/testing';
import { EventsConsumer } from '../consumes/events.consumer.js';
import { FakeInboxStore } from '../inbox/inbox.store.fake.js';
import { FakeTenantBeginningStore } from '../inbox/tenant-beginning.store.fake.js';
import { ingestMetrics } from '../ingest-metrics.js';
import { RoutingProgress } from './progress.js';
import { RoundRouter } from './round-router.js';
import { FakeRoutedThroughStore } from './routed-through.store.fake.js';
import { Router } from './router.js';
import { RoutingGates } from './routing-gates.fake.js';
import { RoutingHistory } from './routing-history.fake.js';

export const PARTITIONS = 2;
const FETCH_MAX_RECORDS = 3;
const ROUTERS_MAX = 4;
const SETTLE_MAX_STEPS = 20_000;
const TIMER = 'timer';
export const DETAILS_COUNT = 1_000;

const logger = { warn() {}, fatal() {} } as unknown as Logger;
const metrics = ingestMetrics();

/** A process as its broker and its stores see it. */
interface Process {
  id: number;
  router: Router;
  group: SubscriptionOptions;
  /** Its projection goes on by itself. */
  readOn(): void;
  /** What it was told last; the group may be further, and it then is a zombie that does not know. */
  generation: number;
  assigned: readonly number[];
  fetchFrom: Map<number, number>;
}

type Step = readonly [line: string, act: () => unknown];

/** Routers, their broker and their stores, of which each answer comes when and how the history says. */
export class RoutingWorld {
  readonly lines: string[] = [];
  /** What broke a rule on the way; the oracle tells what did in the end. */
  readonly violations: string[] = [];
  readonly history = new RoutingHistory(PARTITIONS);
  private readonly inbox = new FakeInboxStore();
  private readonly beginnings = new FakeTenantBeginningStore();
  readonly messaging: FakeMessaging;
  private readonly gates = new RoutingGates();
  private readonly routedThrough = new FakeRoutedThroughStore();
  private readonly clock: Clock = fixedClock();
  private readonly committed = new Map<number, number>();
  private processes: Process[] = [];
  private nextProcess = 1;
  private generation = 0;
  private owners: (number | null)[] = Array(PARTITIONS).fill(null);

  constructor() {
    this.messaging = new FakeMessaging({
      partitions: PARTITIONS,
      answer: (records, append, name) =>
        this.gates.write({
          process: Number(name),
          what: `write of ${records.length} records`,
          effect: () => append(records),
          part: () => append(records.filter(({ topic, partition }) => topic === 'deliveries' && partition === 0)),
        }),
    });
  }

  /** One thing that can happen now, chosen by number. */
  async step(choice: number): Promise<void> {
    const steps = this.possible(Math.floor(choice / DETAILS_COUNT));
    const chosen = steps[choice % steps.length];
    if (chosen) await this.take(chosen);
  }

  /** What a history that failed has printed, step by step; choices alone mean another one once a step is added. */
  async follow(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      let chosen: Step | undefined;
      for (let detail = 0; !chosen && detail < DETAILS_COUNT; detail += 1) {
        chosen = this.possible(detail).find(([name]) => name === line);
      }
      if (!chosen) throw new Error(`"${line}" cannot happen after:\n${this.lines.join('\n')}`);
      await this.take(chosen);
    }
  }

  /** From here on all goes well. Resolves when nothing is left to happen. */
  async settle(): Promise<void> {
    this.lines.push('from here on all goes well');
    this.rebalance(0);
    for (let steps = 0; steps < SETTLE_MAX_STEPS; steps += 1) {
      const next = this.well();
      if (!next) return;
      await next[1]();
      await turn();
    }
    throw new Error('it never comes to rest');
  }

  /** All routers die, and another begins at the first offset. */
  async replayAll(): Promise<void> {
    for (const { id } of this.processes) this.gates.crash(id, false);
    this.processes = [];
    this.committed.clear();
    await this.settle();
  }

  private async take([line, act]: Step): Promise<void> {
    this.lines.push(line);
    await act();
    await turn();
  }

  private possible(detail: number): Step[] {
    const steps: Step[] = [
      ...this.repeated(3, () => this.history.produceStep(detail)),
      this.history.configureStep(detail),
    ];
    if (this.processes.length < ROUTERS_MAX && (this.processes.length < 1 || detail % 2 === 0))
      steps.push([`router ${this.nextProcess} starts`, () => this.start()]);
    if (this.processes.length > 0 && detail % 3 === 0) {
      steps.push([`the group assigns anew`, () => this.rebalance(detail)]);
    }
    for (const process of this.processes) steps.push(...this.stepsOf(process, detail));
    for (const late of this.gates.onTheirWay) steps.push([`${late.what} arrives`, () => this.gates.arrive(late)]);
    return steps;
  }

  private stepsOf(process: Process, detail: number): Step[] {
    const name = `router ${process.id}`;
    const steps: Step[] = [];
    if (detail % 8 === 0) steps.push([`${name} is killed, and its writes arrive`, () => this.crash(process, true)]);
    if (detail % 8 === 4) steps.push([`${name} is killed`, () => this.crash(process, false)]);
    if (detail % 5 === 2) steps.push([`${name} reads its configuration`, () => process.readOn()]);
    if (detail % 4 === 1) steps.push([`${name} is asked to stop`, () => void process.router.stop()]);
    if (process.generation < this.generation) steps.push([`${name} hears of its partitions`, () => this.tell(process)]);
    const partition = this.fetchable(process)[detail % Math.max(1, this.fetchable(process).length)];
    if (partition !== undefined) {
      const count = 1 + (detail % FETCH_MAX_RECORDS);
      const line = `${name} fetches ${count} of partition ${partition}`;
      steps.push(...this.repeated(2, (): Step => [line, () => this.fetch(process, partition, count)]));
    }
    for (const pending of this.gates.pending.filter((one) => one.process === process.id)) {
      const [well, ...badly] = pending.endings;
      if (!well) continue;
      const ending = (chosen: typeof well): Step => [
        `${name}: ${pending.what}: ${chosen.how}`,
        () => this.gates.end(pending, chosen),
      ];
      steps.push(...this.repeated(4, () => ending(well)));
      const bad = badly[detail % Math.max(1, badly.length)];
      if (bad) steps.push(ending(bad));
    }
    return steps;
  }

  /** What happens next where nothing fails; timers last. */
  private well(): Step | null {
    const [late] = this.gates.onTheirWay;
    if (late) return ['', () => this.gates.arrive(late)];
    const stale = this.processes.find(({ generation }) => generation < this.generation);
    if (stale) return ['', () => this.tell(stale)];
    const pending = this.gates.pending.find(({ what }) => !what.startsWith(TIMER)) ?? this.gates.pending[0];
    const [ending] = pending?.endings ?? [];
    if (pending && ending) return ['', () => this.gates.end(pending, ending)];
    for (const process of this.processes) {
      const [partition] = this.fetchable(process);
      if (partition !== undefined) return ['', () => this.fetch(process, partition, FETCH_MAX_RECORDS)];
    }
    // The last one was asked to stop, and has.
    return this.processes.length === 0 ? ['', () => this.start()] : null;
  }

  private repeated(times: number, step: () => Step): Step[] {
    return Array.from({ length: times }, step);
  }

  private async start(): Promise<void> {
    const id = this.nextProcess;
    this.nextProcess += 1;
    const { gates, inbox, beginnings, routedThrough, clock } = this;
    const view = this.history.viewOf((endOffset) => gates.ask({ process: id, what: 'barrier', effect: endOffset }));
    const subscribe: Messaging['subscribe'] = async (options) => {
      this.join({ id, router, group: options, readOn: view.readOn });
      return {
        assignment: [],
        commit: (positions) => gates.write({ process: id, what: 'commit', effect: () => this.commit(id, positions) }),
        pause() {},
        resume() {},
        seek() {},
        stop: async () => this.leave(id),
      };
    };
    const consumer = new EventsConsumer({ messaging: { subscribe }, topic: 'events', groupId: 'router', metrics });
    const publisher: RecordPublisher = await this.messaging.publisher({ name: String(id) });
    const rounds = new RoundRouter({
      configuration: view.configuration,
      schemas: view.schemas,
      inbox: {
        claim: (entries, nowMs) => inbox.claim(entries, nowMs),
        settle: (candidates, nowMs) =>
          gates.write({ process: id, what: 'inbox', effect: () => inbox.settle(candidates, nowMs) }),
        removeOlderThan: async () => 0,
      },
      beginnings: {
        settle: (found, nowMs) =>
          gates.write({ process: id, what: 'beginnings', effect: () => beginnings.settle(found, nowMs) }),
        removeOlderThan: async () => 0,
      },
      publisher,
      topics: { deliveries: 'deliveries', routings: 'routings', partitionCount: PARTITIONS },
      clock,
      metrics,
    });
    const store = {
      load: () => gates.ask({ process: id, what: 'load of progress', effect: () => routedThrough.load() }),
      save: (offsets: ReadonlyMap<number, number>) =>
        gates.write({ process: id, what: 'save of progress', effect: () => routedThrough.save(offsets) }),
    };
    const progress = new RoutingProgress(
      store,
      async (partition) => ({ start: 0, end: this.endOf(partition) }),
      () => {},
    );
    const sleep = (ms: number) => gates.sleep(id, ms);
    const router = new Router({
      source: 'events',
      openStores: async () => {},
      consumer,
      rounds,
      progress,
      clock,
      sleep,
      logger,
      metrics,
    });
    router.start();
    await turn();
  }

  private join(process: Pick<Process, 'id' | 'router' | 'group' | 'readOn'>): void {
    this.processes.push({ ...process, generation: -1, assigned: [], fetchFrom: new Map() });
    this.rebalance(process.id);
  }

  private leave(id: number): void {
    this.processes = this.processes.filter((process) => process.id !== id);
    this.rebalance(id);
  }

  private crash({ id }: Process, writesArrive: boolean): void {
    this.gates.crash(id, writesArrive);
    this.leave(id);
  }

  private rebalance(detail: number): void {
    this.generation += 1;
    const { length } = this.processes;
    this.owners = this.owners.map((_, i) => this.processes[(i + detail) % Math.max(1, length)]?.id ?? null);
  }

  private tell(process: Process): void {
    process.generation = this.generation;
    process.assigned = this.owners.flatMap((owner, partition) => (owner === process.id ? [partition] : []));
    process.fetchFrom = new Map(process.assigned.map((partition) => [partition, this.committed.get(partition) ?? 0]));
    process.group.onAssignment(process.assigned.map((partition) => ({ topic: 'events', partition })));
  }

  private fetchable({ assigned, fetchFrom }: Process): number[] {
    return assigned.filter((partition) => (fetchFrom.get(partition) ?? 0) < this.endOf(partition));
  }

  private fetch({ group, fetchFrom }: Process, partition: number, count: number): void {
    const from = fetchFrom.get(partition) ?? 0;
    const records = this.history.recordsOf(partition).slice(from, from + count);
    fetchFrom.set(partition, from + records.length);
    group.onBatch({ topic: 'events', partition, records, highWatermark: this.endOf(partition) });
  }

  /** As the coordinator does: of a member of an older generation it takes nothing. */
  private async commit(id: number, positions: readonly { partition: number; offset: number }[]): Promise<void> {
    const stored = await this.routedThrough.load();
    const member = this.processes.find((process) => process.id === id);
    if (member?.generation !== this.generation) throw new Error('the generation is not the current one');
    for (const { partition, offset } of positions) {
      if (offset > (stored.get(partition) ?? 0)) this.violations.push(`${partition}/${offset} committed, not stored`);
      this.committed.set(partition, offset);
    }
  }

  private endOf(partition: number): number {
    return this.history.recordsOf(partition).length;
  }
}
