import type { DeliveryEnvelope, IntegrationSignal } from '@hookstile/contracts';
import type { DataSource } from 'typeorm';
import { nameBytesOf } from '../journal/journal-records.js';
import { fencedTransaction } from '../ownership/fenced-transaction.js';
import type { FailureRun, StopReason } from './failure-run.js';
import type {
  BacklogRequest,
  BacklogRow,
  DueLane,
  DueRequest,
  Fence,
  LaneDelivery,
  LaneFirst,
  LaneName,
  LanePageRequest,
  LaneStore,
  LaneWrite,
  LoadRequest,
  LongestWaiting,
  StoredLane,
  StoredPartition,
  WaitingRow,
} from './lane.store.js';
import {
  BACKLOGS,
  backlog,
  COUNT,
  dueLanes,
  LANES,
  LOAD,
  LONGEST_WAITING,
  lanePage,
  OLDEST,
  WAITING,
} from './lane-read-statements.js';
import { writeStatements } from './lane-write-statements.js';

interface RowNumbers {
  position: string;
  version: string;
  attempt: number;
  due_at_ms: string | null;
  push: string | null;
  exhausted_under: string | null;
}

interface DeliveryRow extends RowNumbers {
  request: number;
  stored_at_ms: string;
  envelope: string;
  data: Buffer;
}

interface FirstOfLane extends RowNumbers {
  integration_id: string;
  lane_key: string;
}

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text));

const nextOf = (row: Omit<RowNumbers, 'position' | 'version'>) => ({
  attempt: row.attempt,
  dueAtMs: numberOrNull(row.due_at_ms),
  push: numberOrNull(row.push),
  exhaustedUnder: numberOrNull(row.exhausted_under),
});

const firstOf = (row: RowNumbers) => ({
  offset: Number(row.position),
  version: Number(row.version),
  ...nextOf(row),
});

const waitingOf = (row: DeliveryRow): WaitingRow => ({
  offset: Number(row.position),
  envelope: JSON.parse(row.envelope) as DeliveryEnvelope,
  attempt: row.attempt,
  dueAtMs: numberOrNull(row.due_at_ms),
  push: numberOrNull(row.push),
  exhaustedUnder: numberOrNull(row.exhausted_under),
  storedAtMs: Number(row.stored_at_ms),
});

/** The parts of requests in their order, as the statements take them. */
const valuesOf = (requests: readonly LoadRequest[]): unknown[] => [
  ...namesOf(requests.map(({ lane }) => lane)),
  requests.map(({ after }) => after),
  requests.map(({ limit }) => limit),
];

const namesOf = (names: readonly LaneName[]): unknown[] => [
  names.map((_, index) => index),
  names.map(({ partition }) => partition),
  names.map(({ integrationId }) => integrationId),
  names.map(({ key }) => key),
];

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
    for (const row of await this.query<DeliveryRow>(LOAD, valuesOf(requests))) {
      const envelope = JSON.parse(row.envelope) as DeliveryEnvelope;
      found[row.request]?.push({
        ...firstOf(row),
        bytes: row.data.length,
        nameBytes: nameBytesOf(envelope),
        trigger: envelope.trigger,
        pushEnd: null,
        arrivedAtMs: Number(row.stored_at_ms),
        envelope,
        data: row.data,
      });
    }
    return found;
  }

  async partition(partition: number): Promise<StoredPartition> {
    const [rows, runs, signals] = await Promise.all([
      this.query<{ integration_id: string; rows: number }>(BACKLOGS, [partition]),
      this.runs(partition),
      this.query<{ signal: IntegrationSignal }>(
        'SELECT signal FROM signal_outbox WHERE partition = $1 ORDER BY sequence',
        [partition],
      ),
    ]);
    return {
      rows: new Map(rows.map((row) => [row.integration_id, row.rows])),
      runs,
      signals: signals.map(({ signal }) => ({ partition, signal })),
    };
  }

  async offsets(partition: number, from: number): Promise<readonly number[]> {
    const rows = await this.query<{ position: string }>(
      'SELECT position FROM waiting_delivery WHERE partition = $1 AND position >= $2',
      [partition, from],
    );
    return rows.map(({ position }) => Number(position));
  }

  async lanes(names: readonly LaneName[]): Promise<readonly (StoredLane | null)[]> {
    const found: (StoredLane | null)[] = names.map(() => null);
    const rows = await this.query<FirstOfLane & { request: number; rows: number; last: string }>(LANES, namesOf(names));
    for (const row of rows) {
      const name = names[row.request];
      if (name) found[row.request] = { name, rows: row.rows, first: firstOf(row), last: Number(row.last) };
    }
    return found;
  }

  async lanePage(request: LanePageRequest): Promise<readonly LaneFirst[]> {
    const { sql, values } = lanePage(request);
    const rows = await this.query<FirstOfLane>(sql, values);
    return rows.map((row) => laneFirst(request.partition, row));
  }

  async dueLanes(request: DueRequest): Promise<readonly DueLane[]> {
    const { sql, values } = dueLanes(request);
    const rows = await this.query<FirstOfLane & { due_at_ms: string }>(sql, values);
    return rows.map((row) => ({
      dueAtMs: Number(row.due_at_ms),
      integrationId: row.integration_id,
      key: row.lane_key,
    }));
  }

  async longestWaiting(request: BacklogRequest & { readonly rows: number }): Promise<LongestWaiting> {
    const { partition, integrationId, after, limit, rows } = request;
    const values = [partition, integrationId, after, limit, rows];
    const found = await this.query<FirstOfLane & { looked_at: number; through: string }>(LONGEST_WAITING, values);
    return {
      lanes: found.filter(({ position }) => position !== null).map((row) => laneFirst(partition, row)),
      through: found[0]?.looked_at === rows ? Number(found[0].through) : null,
    };
  }

  async waiting(requests: readonly LoadRequest[]): Promise<readonly (readonly WaitingRow[])[]> {
    const found: WaitingRow[][] = requests.map(() => []);
    for (const row of await this.query<DeliveryRow>(WAITING, valuesOf(requests)))
      found[row.request]?.push(waitingOf(row));
    return found;
  }

  async oldest(partition: number, integrationIds: readonly string[]): Promise<ReadonlyMap<string, WaitingRow>> {
    const rows = await this.query<DeliveryRow & { integration_id: string }>(OLDEST, [partition, integrationIds]);
    return new Map(rows.map((row) => [row.integration_id, waitingOf(row)]));
  }

  async count({ partition, integrationId, after, limit }: BacklogRequest): Promise<number> {
    const [row] = await this.query<{ rows: number }>(COUNT, [partition, integrationId, after, limit]);
    return row?.rows ?? 0;
  }

  backlog(request: BacklogRequest): Promise<readonly BacklogRow[]> {
    return this.backlogRows(request, '');
  }

  untold(request: BacklogRequest): Promise<readonly BacklogRow[]> {
    return this.backlogRows(request, 'AND NOT held_told');
  }

  private async backlogRows(
    { partition, integrationId, after, limit }: BacklogRequest,
    condition: '' | 'AND NOT held_told',
  ): Promise<BacklogRow[]> {
    const rows = await this.query<DeliveryRow & { lane_key: string }>(backlog(condition), [
      partition,
      integrationId,
      after,
      limit,
    ]);
    return rows.map((row) => ({ ...waitingOf(row), key: row.lane_key }));
  }

  private async runs(partition: number): Promise<Map<string, FailureRun>> {
    const rows = await this.query<Record<string, string>>('SELECT * FROM failure_run WHERE partition = $1', [
      partition,
    ]);
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

  private query<T>(sql: string, values: unknown[]): Promise<T[]> {
    return this.dataSource.query(sql, values);
  }
}

function laneFirst(partition: number, row: FirstOfLane): LaneFirst {
  return { name: { partition, integrationId: row.integration_id, key: row.lane_key }, first: firstOf(row) };
}
