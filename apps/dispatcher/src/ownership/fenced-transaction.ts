import type { DataSource } from 'typeorm';
import type { Fence } from '../lanes/lane.store.js';
import { IDLE_IN_TRANSACTION_TIMEOUT_MS, LOCK_TIMEOUT_MS } from './lease.bounds.js';

export type Query = (sql: string, values: unknown[]) => Promise<unknown>;

// A process that was stopped inside a transaction would otherwise commit behind its successor, or block the takeover.
const BEGIN = `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_TIMEOUT_MS};
  SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`;

// KEY SHARE: takers, who lock FOR UPDATE, wait for it, and renewals of our own lease do not.
const HOLD = `
  SELECT l.partition, l.epoch FROM partition_lease AS l
  JOIN unnest($1::int[], $2::bigint[]) AS fence (partition, epoch) ON l.partition = fence.partition AND l.epoch = fence.epoch
  ORDER BY l.partition FOR KEY SHARE OF l`;

const keyOf = ({ partition, epoch }: Fence): string => `${partition}/${epoch}`;

/**
 * Runs `write` in a transaction that holds the lease rows of `fences`, so that no successor can take over before it
 * ends. `holds` says which fences are still good; the others are returned.
 */
export async function fencedTransaction(
  dataSource: DataSource,
  fences: readonly Fence[],
  write: (holds: (fence: Fence) => boolean, query: Query) => Promise<void>,
): Promise<Fence[]> {
  const asked = new Map(fences.map((fence) => [keyOf(fence), fence]));
  const runner = dataSource.createQueryRunner();
  try {
    await runner.connect();
    await runner.query(BEGIN);
    const wanted = [...asked.values()];
    const rows: { partition: number; epoch: string }[] = await runner.query(HOLD, [
      wanted.map(({ partition }) => partition),
      wanted.map(({ epoch }) => epoch),
    ]);
    const held = new Set(rows.map(({ partition, epoch }) => `${partition}/${epoch}`));
    await write(
      (fence) => held.has(keyOf(fence)),
      (sql, values) => runner.query(sql, values),
    );
    await runner.query('COMMIT');
    return wanted.filter((fence) => !held.has(keyOf(fence)));
  } catch (error) {
    await runner.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}
