import { type Clock, type Measurement, RepeatedWork } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import type { KeptDays } from './kept-since.js';
import type { PartitionStore } from './partition.store.js';
import type { PartitionMetrics } from './partition-metrics.js';
import { PARTITIONED_TABLES, type PartitionedTable } from './partitioned-tables.js';
import {
  COUNTED_MAX_ROWS,
  DAYS_AHEAD,
  DAYS_BACK_MAX,
  DAYS_FAILED_MAX_PER_RUN,
  DAYS_MOVED_MAX_PER_RUN,
  FAILING_ALARM_MS,
  KEEP_INTERVAL_MS,
  OPEN_KEPT_MAX_DAYS,
  REMOVED_MAX_BATCHES,
  REMOVED_MAX_ROWS,
} from './partitions.bounds.js';
import { dayOf, type UtcDay } from './utc-day.js';

/**
 * Keeps a partition for each day ahead and drops those past their retention. Every process of audit does so; of those
 * that meet at a table one acts and the others come again.
 */
export class PartitionKeeper {
  readonly #defaultRows = new Map<string, number>();
  readonly #daysAhead = new Map<string, number>();
  readonly #failingSinceMs = new Map<string, number>();
  readonly #work = new RepeatedWork(() => this.#keepAll(), KEEP_INTERVAL_MS);
  #stopObserving: () => void = () => undefined;

  constructor(
    private readonly store: PartitionStore,
    private readonly keptDays: KeptDays,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: PartitionMetrics,
  ) {}

  start(): void {
    this.#stopObserving = this.metrics.observe(
      () => measured(this.#defaultRows),
      () => measured(this.#daysAhead),
    );
    this.#work.start();
  }

  async stop(): Promise<void> {
    const stopped = this.#work.stop();
    this.#stopObserving();
    await stopped;
  }

  /** One look at every table; the one under way where there is one. Never rejects. */
  run(): Promise<void> {
    return this.#work.run();
  }

  async #keepAll(): Promise<void> {
    for (const table of PARTITIONED_TABLES) {
      if (this.#work.isStopped) return;
      try {
        await this.#keep(table);
        this.#failingSinceMs.delete(table.name);
      } catch (error) {
        this.#failed(table, error);
      }
    }
  }

  #failed({ name: table }: PartitionedTable, err: unknown): void {
    const nowMs = this.clock.monotonicMs();
    const sinceMs = this.#failingSinceMs.get(table) ?? nowMs;
    this.#failingSinceMs.set(table, sinceMs);
    this.metrics.failed(table);
    const text = "a table's partitions could not be kept; it is tried again in a minute";
    if (nowMs - sinceMs < FAILING_ALARM_MS) this.logger.warn({ err, table }, text);
    else this.logger.error({ err, table, failingForMs: nowMs - sinceMs }, text);
  }

  async #keep(table: PartitionedTable): Promise<void> {
    const nowMs = this.clock.nowMs();
    const today = dayOf(nowMs);
    const { attached, detached } = await this.store.partitionsOf(table);
    // Days to come first: they are what flushes need.
    const { made, errors } = await this.#create(table, today, new Set([...attached, ...detached]));
    this.#daysAhead.set(table.name, Math.max(0, ...made.map((day) => day - today)));
    // A process whose clock is ahead must not drop what is kept by the others'.
    const oldest = this.#oldestKept(table, dayOf(Math.min(nowMs, await this.store.nowMs())));
    for (const day of detached) await this.#remove(table, day);
    if (oldest !== null) {
      for (const day of attached.filter((one) => one < oldest)) {
        if ((await this.store.detach(table, day)) === 'done') await this.#remove(table, day);
      }
      await this.#removeFromDefault(table, oldest, oldest - OPEN_KEPT_MAX_DAYS);
    }
    this.#defaultRows.set(table.name, await this.store.countDefault(table, COUNTED_MAX_ROWS));
    if (errors.length > 0) throw errors[0];
  }

  /** Null where all are kept. */
  #oldestKept({ kind }: PartitionedTable, today: UtcDay): UtcDay | null {
    return this.keptDays[kind] === 0 ? null : today - this.keptDays[kind];
  }

  /**
   * The days ahead, and those that the default partition has rows of. A day whose rows cannot be moved in time is no
   * reason to have all that come go the same way, so the furthest ahead comes first, and others are made all the same.
   * Resolves with all days that have one now.
   */
  async #create(table: PartitionedTable, today: UtcDay, known: ReadonlySet<UtcDay>) {
    const until = today + DAYS_AHEAD + 1;
    const from = Math.max(this.#oldestKept(table, today) ?? 0, today - DAYS_BACK_MAX);
    const ahead = Array.from({ length: DAYS_AHEAD + 2 }, (_, n) => today + DAYS_AHEAD - n);
    const wanted = new Set([
      ...ahead.filter((day) => day >= from),
      ...(await this.store.daysInDefault(table, from, until, DAYS_MOVED_MAX_PER_RUN)),
    ]);
    const made = new Set(known);
    const errors: unknown[] = [];
    for (const day of wanted) {
      if (made.has(day)) continue;
      try {
        if ((await this.store.create(table, day)) === 'busy') continue;
        made.add(day);
        this.metrics.created(table.name);
      } catch (error) {
        errors.push(error);
        if (errors.length === DAYS_FAILED_MAX_PER_RUN) break;
      }
    }
    return { made: [...made], errors };
  }

  async #remove(table: PartitionedTable, day: UtcDay): Promise<void> {
    if ((await this.store.remove(table, day)) === 'busy') return;
    this.metrics.dropped(table.name);
    this.logger.info({ table: table.name, day }, 'a day past its retention was dropped');
  }

  async #removeFromDefault(table: PartitionedTable, before: UtcDay, outlivingBefore: UtcDay): Promise<void> {
    for (let batch = 0; batch < REMOVED_MAX_BATCHES && !this.#work.isStopped; batch += 1) {
      const removed = await this.store.removeFromDefault(table, before, outlivingBefore, REMOVED_MAX_ROWS);
      if (removed < REMOVED_MAX_ROWS) return;
    }
  }
}

function measured(values: ReadonlyMap<string, number>): Measurement[] {
  return [...values].map(([table, value]) => ({ value, attributes: { table } }));
}
