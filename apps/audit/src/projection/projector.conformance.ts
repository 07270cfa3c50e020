import fc from 'fast-check';
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
import { projectorOver } from './projector.fake.js';
import type { Projector } from './projector.js';

const BATCHES_AT_ONCE = 2;

/** `before`: nothing was stored. `after`: all was, and only the answer is lost. */
const fates = fc.array(fc.constantFrom('stored', 'stored', 'before', 'after'), { maxLength: 12 });
const processes = fc.record({
  fates: fc.tuple(fates, fates),
  batchRecords: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  /** The second one begins when the first has handled so many batches of a topic, so many records further back. */
  beginsAfter: fc.nat(4),
  back: fc.nat(4),
});

/** After so many writes one fails, or two, and the process is told to stop. */
const stops = fc.record({
  batchRecords: fc.integer({ min: 1, max: 3 }),
  writes: fc.nat(6),
  failing: fc.integer({ min: 1, max: 2 }),
});

class UnsureStore implements ProjectionStore {
  readonly #fates: string[];

  constructor(
    private readonly store: ProjectionStore,
    fatesOfWrites: readonly string[],
    private readonly onFailing: () => void = () => undefined,
  ) {
    this.#fates = [...fatesOfWrites];
  }

  async write(rows: ProjectionRows): Promise<void> {
    const fate = this.#fates.shift();
    if (fate === 'before') {
      this.onFailing();
      throw new Error('the database is away');
    }
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
const HASTY = { lingerMs: 0, batchFullRecords: 1 };

interface Reading {
  projector: Projector;
  log: Log;
  partition: number;
  batchRecords: number;
  onHandled?: (next: number) => void;
}

function recordsOf(log: Log, topic: keyof Log, partition: number, [from, to]: [number, number]) {
  return log[topic].slice(from, to).map((record, index) => ({
    ...received(record, from + index, partition),
    timestampMs: from + index,
  }));
}

/** Reads a topic to its end as a pump does: a second batch goes along beside the first. */
async function readTopic(topic: keyof Log, from: number, reading: Reading): Promise<void> {
  const { projector, log, partition, batchRecords, onHandled } = reading;
  const handling: Promise<void>[] = [];
  for (let at = from; at < log[topic].length; at += batchRecords) {
    if (handling.length === BATCHES_AT_ONCE) await handling.shift();
    const records = recordsOf(log, topic, partition, [at, at + batchRecords]);
    handling.push(projector.add(topic, records).then(() => onHandled?.(at + batchRecords)));
  }
  await Promise.all(handling);
}

/** As far as a process comes that gives up: what a pump commits lies behind nothing that was not stored. */
async function readUntilGivenUp(topic: keyof Log, { projector, log, partition, batchRecords }: Reading) {
  let [committed, begun] = [0, 0];
  const handling: Promise<void>[] = [];
  try {
    for (; begun < log[topic].length; begun += batchRecords) {
      if (handling.length === BATCHES_AT_ONCE) await handling.shift();
      const next = begun + batchRecords;
      const records = recordsOf(log, topic, partition, [begun, next]);
      const before = handling.at(-1);
      const handled = projector.add(topic, records);
      const inOrder = Promise.all([before, handled]).then(() => {
        committed = next;
      });
      inOrder.catch(() => undefined);
      handling.push(inOrder);
    }
    await Promise.all(handling);
  } catch {
    await Promise.allSettled(handling);
  }
  return committed;
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
        const [first, second] = plan.fates.map((of) => projectorOver(new UnsureStore(stores.projections, of), HASTY));
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

  const stopped = 'ends in the same rows and counts where a process is stopped while flushes fail, and another goes on';
  it(stopped, { timeout: HISTORIES_TIMEOUT_MS }, async () => {
    let run = 0;
    const property = fc.asyncProperty(scenario, stops, async (made, { batchRecords, writes, failing }) => {
      run += 1;
      const [tenantId, partition] = [`ten_stopped_${run}`, 20_000 + run];
      const [stores, reference] = [make.stores(), make.reference()];
      const log = logOf(tenantId, made);
      await readAll(reference, log, partition);
      const fatesOfWrites = [...Array<string>(writes).fill('stored'), ...Array<string>(failing).fill('before')];
      const store = new UnsureStore(stores.projections, fatesOfWrites, () => void first.stop());
      const first: Projector = projectorOver(store, HASTY);
      const reading = { projector: first, log, partition, batchRecords };
      const committed = await Promise.all(TOPICS.map((topic) => readUntilGivenUp(topic, reading)));
      await first.stop();
      const second = projectorOver(stores.projections, HASTY);
      await Promise.all(
        TOPICS.map((topic, index) => readTopic(topic, committed[index] ?? 0, { ...reading, projector: second })),
      );
      expect(await viewsOf(stores, tenantId)).toEqual(await viewsOf(reference, tenantId));
      await second.stop();
    });
    await fc.assert(property, { numRuns: make.runs });
  });
}
