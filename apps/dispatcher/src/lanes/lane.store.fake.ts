import type { IntegrationSignal } from '@hookstile/contracts';
import type { FailureRun } from './failure-run.js';
import { PUSH_MAX_BYTES } from './lane.bounds.js';
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
import type { FirstRow } from './lane.types.js';
import { rowOf } from './lane-draft.js';

type Next = Pick<LaneDelivery, 'attempt' | 'dueAtMs' | 'push' | 'exhaustedUnder'>;

interface Row {
  lane: LaneName;
  item: LaneDelivery;
  storedAtMs: number;
  told: boolean;
}

const isLane = (a: LaneName, b: LaneName) =>
  a.partition === b.partition && a.integrationId === b.integrationId && a.key === b.key;

const isSignal = (a: IntegrationSignal, b: IntegrationSignal) =>
  a.integrationId === b.integrationId &&
  a.enablement === b.enablement &&
  a.type === b.type &&
  a.sequence === b.sequence;

/** Rows in memory. `epochs` holds the epoch of each partition's lease. */
export class FakeLaneStore implements LaneStore {
  private rows: Row[] = [];
  private readonly runs = new Map<string, { partition: number; run: FailureRun }>();
  private signals: { partition: number; signal: IntegrationSignal }[] = [];

  constructor(readonly epochs: Map<number, number> = new Map()) {}

  async write(writes: readonly LaneWrite[]): Promise<readonly Fence[]> {
    const holds = ({ partition, epoch }: Fence) => this.epochs.get(partition) === epoch;
    const order = ['told', 'park', 'retry', 'due', 'delete', 'run', 'signal', 'signal sent'] as const;
    for (const kind of order) {
      for (const write of writes) if (write.kind === kind && holds(write.fence)) this.apply(write);
    }
    return writes.map(({ fence }) => fence).filter((fence) => !holds(fence));
  }

  async load(requests: readonly LoadRequest[]): Promise<readonly (readonly LaneDelivery[])[]> {
    return requests.map((request) =>
      withinBytes(this.behind(request).map(({ item, told }) => (told ? { ...item, dueAtMs: null } : item))),
    );
  }

  async partition(partition: number): Promise<StoredPartition> {
    const rows = new Map<string, number>();
    for (const { lane } of this.rows) {
      if (lane.partition === partition) rows.set(lane.integrationId, (rows.get(lane.integrationId) ?? 0) + 1);
    }
    return {
      rows,
      runs: new Map(
        [...this.runs].filter(([, stored]) => stored.partition === partition).map(([id, { run }]) => [id, run]),
      ),
      signals: this.signals.filter((stored) => stored.partition === partition),
    };
  }

  async offsets(partition: number, from: number): Promise<readonly number[]> {
    const rows = this.rows.filter(({ lane, item }) => lane.partition === partition && item.offset >= from);
    return rows.map(({ item }) => item.offset);
  }

  async lanes(names: readonly LaneName[]): Promise<readonly (StoredLane | null)[]> {
    return names.map((name) => {
      const rows = this.behind({ lane: name, after: -1, limit: Number.POSITIVE_INFINITY });
      const [first, last] = [rows[0], rows.at(-1)];
      return first && last ? { name, rows: rows.length, first: firstRow(first), last: last.item.offset } : null;
    });
  }

  async lanePage({ partition, integrationId, after, limit }: LanePageRequest): Promise<readonly LaneFirst[]> {
    const isBehind = ({ name }: LaneFirst) =>
      after === null || (after.key === null ? name.integrationId > after.integrationId : isAfter(name, after));
    return this.firsts(partition)
      .filter((lane) => (integrationId === null || lane.name.integrationId === integrationId) && isBehind(lane))
      .sort((a, b) => (isAfter(a.name, b.name) ? 1 : -1))
      .slice(0, limit);
  }

  async dueLanes(request: DueRequest): Promise<readonly DueLane[]> {
    const { partition, integrationId, except, after, throughMs, limit } = request;
    const due = new Map<string, DueLane>();
    for (const { lane, item } of this.rows) {
      if (lane.partition !== partition || item.dueAtMs === null || item.dueAtMs > throughMs) continue;
      if (integrationId !== null && lane.integrationId !== integrationId) continue;
      const found = { dueAtMs: item.dueAtMs, integrationId: lane.integrationId, key: lane.key };
      if (except.includes(lane.integrationId) || (after !== null && !isDueAfter(found, after))) continue;
      due.set(JSON.stringify(found), found);
    }
    return [...due.values()].sort((a, b) => (isDueAfter(a, b) ? 1 : -1)).slice(0, limit);
  }

  async longestWaiting(request: BacklogRequest & { readonly rows: number }): Promise<LongestWaiting> {
    const { partition, integrationId, after, limit, rows } = request;
    const looked = await this.backlog({ ...request, limit: rows });
    const last = looked.at(-1)?.offset ?? after;
    const isFound = (offset: number) => offset > after && offset <= last;
    const lanes = this.firsts(partition)
      .filter(({ name, first }) => name.integrationId === integrationId && isFound(first.offset))
      .sort((a, b) => a.first.offset - b.first.offset)
      .slice(0, limit);
    return { lanes, through: looked.length === rows ? last : null };
  }

  async waiting(requests: readonly LoadRequest[]): Promise<readonly (readonly WaitingRow[])[]> {
    return requests.map((request) => this.behind(request).map(waitingRow));
  }

  async oldest(partition: number, integrationIds: readonly string[]): Promise<ReadonlyMap<string, WaitingRow>> {
    const oldest = new Map<string, WaitingRow>();
    for (const integrationId of integrationIds) {
      const [row] = await this.backlog({ partition, integrationId, after: -1, limit: 1 });
      if (row) oldest.set(integrationId, row);
    }
    return oldest;
  }

  async count(request: BacklogRequest): Promise<number> {
    return (await this.backlog(request)).length;
  }

  async backlog(request: BacklogRequest): Promise<readonly BacklogRow[]> {
    return this.backlogRows(request, () => true);
  }

  async untold(request: BacklogRequest): Promise<readonly BacklogRow[]> {
    return this.backlogRows(request, ({ told }) => !told);
  }

  /** Every row as it stands, in order. */
  get stored(): readonly { lane: LaneName; item: LaneDelivery; told: boolean }[] {
    return this.rows.toSorted((a, b) => a.item.offset - b.item.offset);
  }

  private backlogRows(
    { partition, integrationId, after, limit }: BacklogRequest,
    isWanted: (row: Row) => boolean,
  ): BacklogRow[] {
    return this.rows
      .filter(
        ({ lane, item }) => lane.partition === partition && lane.integrationId === integrationId && item.offset > after,
      )
      .filter(isWanted)
      .sort((a, b) => a.item.offset - b.item.offset)
      .slice(0, limit)
      .map((row) => ({ ...waitingRow(row), key: row.lane.key }));
  }

  private firsts(partition: number): LaneFirst[] {
    const firsts = new Map<string, Row>();
    for (const row of this.rows) {
      const name = JSON.stringify([row.lane.integrationId, row.lane.key]);
      const known = firsts.get(name);
      if (row.lane.partition === partition && (known === undefined || row.item.offset < known.item.offset))
        firsts.set(name, row);
    }
    return [...firsts.values()].map((row) => ({ name: row.lane, first: firstRow(row) }));
  }

  private behind({ lane, after, limit }: LoadRequest): Row[] {
    return this.rows
      .filter((row) => isLane(row.lane, lane) && row.item.offset > after)
      .sort((a, b) => a.item.offset - b.item.offset)
      .slice(0, limit);
  }

  private row({ partition }: Fence, offset: number): Row | undefined {
    return this.rows.find(({ lane, item }) => lane.partition === partition && item.offset === offset);
  }

  private apply(write: LaneWrite): void {
    switch (write.kind) {
      case 'park':
        for (const item of write.insert) this.put(write, item);
        for (const item of write.update) this.attempted(write.fence, item.offset, item);
        return;
      case 'retry':
        this.attempted(write.fence, write.offset, write.next);
        return;
      case 'due':
        for (const row of this.rows)
          if (isLane(row.lane, write.lane) && row.item.dueAtMs === write.fromMs)
            row.item = { ...row.item, dueAtMs: write.toMs };
        return;
      case 'told':
        for (const offset of write.offsets) {
          const row = this.row(write.fence, offset);
          if (row) row.told = true;
        }
        return;
      case 'delete': {
        const { fence, offsets } = write;
        const goes = ({ lane, item }: Row) => lane.partition === fence.partition && offsets.includes(item.offset);
        this.rows = this.rows.filter((row) => !goes(row));
        return;
      }
      case 'run': {
        const { integrationId, run, fence, signals } = write;
        if ((this.runs.get(integrationId)?.run.sequence ?? -1) < run.sequence) {
          this.runs.set(integrationId, { partition: fence.partition, run });
        }
        for (const signal of signals) this.putSignal(fence, signal);
        return;
      }
      case 'signal':
        this.putSignal(write.fence, write.signal);
        return;
      case 'signal sent':
        this.signals = this.signals.filter(({ signal }) => !isSignal(signal, write.signal));
        return;
    }
  }

  private putSignal({ partition }: Fence, signal: IntegrationSignal): void {
    if (!this.signals.some((stored) => isSignal(stored.signal, signal))) this.signals.push({ partition, signal });
  }

  private put({ fence, lane, storedAtMs }: Extract<LaneWrite, { kind: 'park' }>, item: LaneDelivery): void {
    if (this.row(fence, item.offset)) this.change(fence, item.offset, item);
    else this.rows.push({ lane, item: { ...item, arrivedAtMs: storedAtMs }, storedAtMs, told: false });
  }

  private attempted(fence: Fence, offset: number, next: Next): void {
    const row = this.row(fence, offset);
    if (row === undefined || row.item.attempt >= next.attempt) return;
    this.change(fence, offset, next);
    row.told = false;
  }

  private change(fence: Fence, offset: number, next: Next): void {
    const row = this.row(fence, offset);
    if (row === undefined) return;
    const { attempt, dueAtMs, push, exhaustedUnder } = next;
    row.item = { ...row.item, attempt, dueAtMs, push, exhaustedUnder };
  }
}

function withinBytes(items: readonly LaneDelivery[]): LaneDelivery[] {
  let bytes = 0;
  return items.filter((item) => {
    const before = bytes;
    bytes += item.bytes;
    return before === 0 || bytes <= PUSH_MAX_BYTES;
  });
}

function waitingRow({ item, storedAtMs }: Row): WaitingRow {
  const { offset, envelope, attempt, dueAtMs, push, exhaustedUnder } = item;
  return { offset, envelope, attempt, dueAtMs, push, exhaustedUnder, storedAtMs };
}

function firstRow({ item, told }: Row): FirstRow {
  const row = rowOf(item);
  return told ? { ...row, dueAtMs: null } : row;
}

type Named = Pick<LaneName, 'integrationId'> & { key: string | null };

function isAfter(a: Named, b: Named): boolean {
  return a.integrationId === b.integrationId ? (a.key ?? '') > (b.key ?? '') : a.integrationId > b.integrationId;
}

function isDueAfter(a: DueLane, b: DueLane): boolean {
  return a.dueAtMs === b.dueAtMs ? isAfter(a, b) : a.dueAtMs > b.dueAtMs;
}
