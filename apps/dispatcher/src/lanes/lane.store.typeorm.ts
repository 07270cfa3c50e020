import type { DeliveryEnvelope, IntegrationSignal } from '@hookstile/contracts';
import type { DataSource } from 'typeorm';
import { fencedTransaction } from '../ownership/fenced-transaction.js';
import type { FailureRun, StopReason } from './failure-run.js';
import { PUSH_MAX_BYTES } from './lane.bounds.js';
import type {
  Fence,
  LaneDelivery,
  LaneName,
  LaneStore,
  LaneWrite,
  LoadRequest,
  StoredLane,
  StoredPartition,
  WaitingRow,
} from './lane.store.js';
import { writeStatements } from './lane-write-statements.js';

interface DeliveryRow {
  request: number;
  position: string;
  attempt: number;
  due_at_ms: string | null;
  push: string | null;
  exhausted_under: string | null;
  stored_at_ms: string;
  version: string;
  envelope: string;
  data: Buffer;
}

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));

const LOAD = `
  SELECT wanted.request, waiting.*
  FROM unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::bigint[], $6::int[])
    AS wanted (request, partition, integration_id, lane_key, after, rows)
  CROSS JOIN LATERAL (
    SELECT position, version, attempt, due_at_ms, push, exhausted_under, stored_at_ms, envelope, data,
      sum(length(data)) OVER (ORDER BY position) AS bytes_through, row_number() OVER (ORDER BY position) AS place
    FROM (
      SELECT * FROM waiting_delivery AS w
      WHERE w.partition = wanted.partition AND w.integration_id = wanted.integration_id
        AND w.lane_key = wanted.lane_key AND w.position > wanted.after
      ORDER BY position LIMIT wanted.rows
    ) AS first_rows
  ) AS waiting
  WHERE waiting.place = 1 OR waiting.bytes_through <= ${PUSH_MAX_BYTES}
  ORDER BY wanted.request, waiting.position`;

const LANES = `
  SELECT DISTINCT ON (integration_id, lane_key) integration_id, lane_key, position, version, attempt, due_at_ms, push,
    exhausted_under,
    count(*) OVER lane ::int AS rows, max(position) OVER lane AS last
  FROM waiting_delivery WHERE partition = $1 AND ($2::text IS NULL OR integration_id = $2)
  WINDOW lane AS (PARTITION BY integration_id, lane_key)
  ORDER BY integration_id, lane_key, position`;

const nextOf = (row: Pick<DeliveryRow, 'attempt' | 'due_at_ms' | 'push' | 'exhausted_under'>) => ({
  attempt: row.attempt,
  dueAtMs: numberOrNull(row.due_at_ms),
  push: numberOrNull(row.push),
  exhaustedUnder: numberOrNull(row.exhausted_under),
});

export class TypeormLaneStore implements LaneStore {
  constructor(private readonly dataSource: DataSource) {}

  write(writes: readonly LaneWrite[]): Promise<readonly Fence[]> {
    return fencedTransaction(
      this.dataSource,
      writes.map(({ fence }) => fence),
      async (holds, query) => {
        for (const { sql, values } of writeStatements(writes.filter(({ fence }) => holds(fence))))
          await query(sql, values);
      },
    );
  }

  async load(requests: readonly LoadRequest[]): Promise<readonly (readonly LaneDelivery[])[]> {
    const found: LaneDelivery[][] = requests.map(() => []);
    const rows: DeliveryRow[] = await this.dataSource.query(LOAD, [
      requests.map((_, index) => index),
      requests.map(({ lane }) => lane.partition),
      requests.map(({ lane }) => lane.integrationId),
      requests.map(({ lane }) => lane.key),
      requests.map(({ after }) => after),
      requests.map(({ limit }) => limit),
    ]);
    for (const row of rows) {
      const envelope = JSON.parse(row.envelope) as DeliveryEnvelope;
      found[row.request]?.push({
        offset: Number(row.position),
        version: Number(row.version),
        ...nextOf(row),
        bytes: row.data.length,
        trigger: envelope.trigger,
        arrivedAtMs: Number(row.stored_at_ms),
        envelope,
        data: row.data,
      });
    }
    return found;
  }

  async partition(partition: number): Promise<StoredPartition> {
    const [lanes, runs, signals] = await Promise.all([
      this.lanes(partition),
      this.runs(partition),
      this.dataSource.query('SELECT signal FROM signal_outbox WHERE partition = $1 ORDER BY sequence', [partition]),
    ]);
    const stored = signals as { signal: IntegrationSignal }[];
    return { lanes, runs, signals: stored.map(({ signal }) => ({ partition, signal })) };
  }

  async offsets(partition: number, from: number): Promise<readonly number[]> {
    const rows: { position: string }[] = await this.dataSource.query(
      'SELECT position FROM waiting_delivery WHERE partition = $1 AND position >= $2',
      [partition, from],
    );
    return rows.map(({ position }) => Number(position));
  }

  async lane({ partition, integrationId, key }: LaneName): Promise<StoredLane | null> {
    const lanes = await this.lanes(partition, integrationId);
    return lanes.find(({ name }) => name.key === key) ?? null;
  }

  waiting(request: LoadRequest): Promise<readonly WaitingRow[]> {
    return this.rows(request, '');
  }

  untold(request: LoadRequest): Promise<readonly WaitingRow[]> {
    return this.rows(request, 'AND NOT held_told');
  }

  private async lanes(partition: number, integrationId: string | null = null): Promise<StoredLane[]> {
    const rows: (DeliveryRow & { integration_id: string; lane_key: string; rows: number; last: string })[] =
      await this.dataSource.query(LANES, [partition, integrationId]);
    return rows.map((row) => ({
      name: { partition, integrationId: row.integration_id, key: row.lane_key },
      rows: row.rows,
      first: {
        offset: Number(row.position),
        version: Number(row.version),
        ...nextOf(row),
      },
      last: Number(row.last),
    }));
  }

  private async runs(partition: number): Promise<Map<string, FailureRun>> {
    const rows: Record<string, string>[] = await this.dataSource.query(
      'SELECT * FROM failure_run WHERE partition = $1',
      [partition],
    );
    return new Map(
      rows.map((row) => [
        row.integration_id ?? '',
        {
          enablement: Number(row.enablement),
          consecutiveFailures: Number(row.consecutive_failures),
          failingSinceMs: numberOrNull(row.failing_since_ms ?? null),
          stopped: (row.stopped as StopReason | null | undefined) ?? null,
          sequence: Number(row.sequence),
        },
      ]),
    );
  }

  private async rows({ lane, after, limit }: LoadRequest, condition: '' | 'AND NOT held_told'): Promise<WaitingRow[]> {
    const rows: DeliveryRow[] = await this.dataSource.query(
      `SELECT position, envelope, attempt, due_at_ms, stored_at_ms FROM waiting_delivery
       WHERE partition = $1 AND integration_id = $2 AND lane_key = $3 AND position > $4 ${condition}
       ORDER BY position LIMIT $5`,
      [lane.partition, lane.integrationId, lane.key, after, limit],
    );
    return rows.map((row) => ({
      offset: Number(row.position),
      envelope: JSON.parse(row.envelope) as DeliveryEnvelope,
      attempt: row.attempt,
      dueAtMs: numberOrNull(row.due_at_ms),
      storedAtMs: Number(row.stored_at_ms),
    }));
  }
}
