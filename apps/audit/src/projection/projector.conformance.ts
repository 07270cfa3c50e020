import { PayloadMask } from '@hookstile/service-runtime';
import { fixedClock } from '@hookstile/testing';
import fc from 'fast-check';
import pino from 'pino';
import { expect, it } from 'vitest';
import type { ProjectionRows } from '../project/projection-rows.js';
import type { EpochRow, MarkRow, PositionRow } from '../project/rows.js';
import { received } from '../project/sample-records.js';
import {
  HISTORIES_TIMEOUT_MS,
  type Log,
  logOf,
  readAll,
  scenario,
  TOPICS,
  viewsOf,
} from './audit.store.conformance.js';
import type { AuditStores } from './audit.store.js';
import type { ProjectionStore } from './projection.store.js';
import { Projector } from './projector.js';

const BATCHES_AT_ONCE = 2;
const silent = { flushed: () => undefined, flushFailed: () => undefined, partitionStopped: () => undefined };

/** `before`: nothing was stored. `after`: all was, and only the answer is lost. */
const fates = fc.array(fc.constantFrom('stored', 'stored', 'before', 'after'), { maxLength: 12 });
const processes = fc.record({
  fates: fc.tuple(fates, fates),
  batchRecords: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  /** The second one begins when the first has handled so many batches of a topic, so many records further back. */
  beginsAfter: fc.nat(4),
  back: fc.nat(4),
});

class UnsureStore implements ProjectionStore {
  readonly #fates: string[];

  constructor(
    private readonly store: ProjectionStore,
    fatesOfWrites: readonly string[],
  ) {
    this.#fates = [...fatesOfWrites];
  }

  async write(rows: ProjectionRows): Promise<void> {
    const fate = this.#fates.shift();
    if (fate === 'before') throw new Error('the database is away');
    await this.store.write(rows);
    if (fate === 'after') throw new Error('the answer was lost');
  }

  epochsOf(partitions: readonly number[]): Promise<readonly EpochRow[]> {
    return this.store.epochsOf(partitions);
  }

  marksOf(partitions: readonly number[]): Promise<readonly MarkRow[]> {
    return this.store.marksOf(partitions);
  }

  positionsOf(topics: readonly string[]): Promise<readonly PositionRow[]> {
    return this.store.positionsOf(topics);
  }
}

/** Every batch counts as full, so that flushes overlap wherever they can. */
function projectorOver(store: ProjectionStore): Projector {
  return new Projector(store, fixedClock(), pino({ level: 'silent' }), silent, {
    lingerMs: 0,
    batchFullRecords: 1,
    journalLeadMaxMs: 60_000,
    journalLeadRestMs: 60_000,
    retryDelayMs: 1,
    retryDelayMaxMs: 1,
    mask: new PayloadMask([]),
  });
}

interface Reading {
  projector: Projector;
  log: Log;
  partition: number;
  batchRecords: number;
  onHandled?: (next: number) => void;
}

/** Reads a topic to its end as a pump does: a second batch goes along beside the first. */
async function readTopic(topic: keyof Log, from: number, reading: Reading): Promise<void> {
  const { projector, log, partition, batchRecords, onHandled } = reading;
  const handling: Promise<void>[] = [];
  for (let at = from; at < log[topic].length; at += batchRecords) {
    if (handling.length === BATCHES_AT_ONCE) await handling.shift();
    const records = log[topic].slice(at, at + batchRecords).map((record, index) => ({
      ...received(record, at + index, partition),
      timestampMs: at + index,
    }));
    handling.push(projector.add(topic, records).then(() => onHandled?.(at + batchRecords)));
  }
  await Promise.all(handling);
}

/** `reference` is read straight through; `stores` by two processes at once, as after a rebalance that one missed. */
export function projectorConformance(make: { stores(): AuditStores; reference(): AuditStores; runs: number }): void {
  it(
    'ends in the same rows and counts where two processes read one backlog and flushes fail or seem to',
    async () => {
      let run = 0;
      const property = fc.asyncProperty(scenario, processes, async (made, plan) => {
        run += 1;
        const [tenantId, partition] = [`ten_abreast_${run}`, 10_000 + run];
        const [stores, reference] = [make.stores(), make.reference()];
        const log = logOf(tenantId, made);
        await readAll(reference, log, partition);
        const [first, second] = plan.fates.map((of) => projectorOver(new UnsureStore(stores.projections, of)));
        if (!first || !second) throw new Error('two were made');
        await Promise.all(
          TOPICS.map(async (topic) => {
            let begun: Promise<void> | null = null;
            let batches = 0;
            const onHandled = (next: number) => {
              batches += 1;
              if (begun || batches <= plan.beginsAfter) return;
              const reading = { projector: second, log, partition, batchRecords: plan.batchRecords[1] };
              begun = readTopic(topic, Math.max(0, next - plan.back), reading);
            };
            await readTopic(topic, 0, {
              projector: first,
              log,
              partition,
              batchRecords: plan.batchRecords[0],
              onHandled,
            });
            await begun;
          }),
        );
        expect(await viewsOf(stores, tenantId)).toEqual(await viewsOf(reference, tenantId));
        await Promise.all([first.stop(), second.stop()]);
      });
      await fc.assert(property, { numRuns: make.runs });
    },
    HISTORIES_TIMEOUT_MS,
  );
}
