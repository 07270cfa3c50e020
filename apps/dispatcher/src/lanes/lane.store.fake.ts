import type { IntegrationSignal } from '@hookstile/contracts';
import type { FailureRun } from './failure-run.js';
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
    const order = ['park', 'retry', 'told', 'delete', 'run', 'signal sent'] as const;
    for (const kind of order) {
      for (const write of writes) if (write.kind === kind && holds(write.fence)) this.apply(write);
    }
    return writes.map(({ fence }) => fence).filter((fence) => !holds(fence));
  }

  async load(requests: readonly LoadRequest[]): Promise<readonly (readonly LaneDelivery[])[]> {
    return requests.map((request) => withinBytes(this.behind(request).map(({ item }) => item)));
  }

  async partition(partition: number): Promise<StoredPartition> {
    const names: LaneName[] = [];
    for (const { lane } of this.rows) {
      if (lane.partition === partition && !names.some((name) => isLane(name, lane))) names.push(lane);
    }
    const lanes = await Promise.all(names.map((name) => this.lane(name)));
    return {
      lanes: lanes.filter((lane) => lane !== null),
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

  async lane(name: LaneName): Promise<StoredLane | null> {
    const rows = this.behind({ lane: name, after: -1, limit: Number.POSITIVE_INFINITY });
    const first = rows[0]?.item;
    if (first === undefined) return null;
    const { offset, version, attempt, dueAtMs, push, exhaustedUnder } = first;
    return {
      name,
      rows: rows.length,
      first: { offset, version, attempt, dueAtMs, push, exhaustedUnder },
      last: rows.at(-1)?.item.offset ?? offset,
    };
  }

  async waiting(request: LoadRequest): Promise<readonly WaitingRow[]> {
    return this.behind(request).map(waitingRow);
  }

  async untold(request: LoadRequest): Promise<readonly WaitingRow[]> {
    const untold = this.behind({ ...request, limit: Number.POSITIVE_INFINITY }).filter(({ told }) => !told);
    return untold.slice(0, request.limit).map(waitingRow);
  }

  private behind({ lane, after, limit }: LoadRequest): Row[] {
    return this.rows
      .filter((row) => isLane(row.lane, lane) && row.item.offset > after)
      .sort((a, b) => a.item.offset - b.item.offset)
      .slice(0, limit);
  }

  private row(lane: LaneName, offset: number): Row | undefined {
    return this.rows.find((row) => isLane(row.lane, lane) && row.item.offset === offset);
  }

  private apply(write: LaneWrite): void {
    switch (write.kind) {
      case 'park':
        for (const item of write.insert) this.put(write.lane, item, write.storedAtMs);
        for (const item of write.update) this.attempted(write.lane, item.offset, item);
        return;
      case 'retry':
        this.attempted(write.lane, write.offset, write.next);
        return;
      case 'told':
        for (const offset of write.offsets) {
          const row = this.row(write.lane, offset);
          if (row) row.told = true;
        }
        return;
      case 'delete':
        this.rows = this.rows.filter(
          (row) => !(isLane(row.lane, write.lane) && write.offsets.includes(row.item.offset)),
        );
        return;
      case 'run': {
        const { integrationId, run, fence, signals } = write;
        if ((this.runs.get(integrationId)?.run.sequence ?? -1) < run.sequence) {
          this.runs.set(integrationId, { partition: fence.partition, run });
        }
        for (const signal of signals) {
          if (!this.signals.some((stored) => isSignal(stored.signal, signal))) {
            this.signals.push({ partition: fence.partition, signal });
          }
        }
        return;
      }
      case 'signal sent':
        this.signals = this.signals.filter(({ signal }) => !isSignal(signal, write.signal));
        return;
    }
  }

  private put(lane: LaneName, item: LaneDelivery, storedAtMs: number): void {
    if (this.row(lane, item.offset)) this.change(lane, item.offset, item);
    else this.rows.push({ lane, item: { ...item, arrivedAtMs: storedAtMs }, storedAtMs, told: false });
  }

  private attempted(lane: LaneName, offset: number, next: Next): void {
    const row = this.row(lane, offset);
    if (row === undefined || row.item.attempt >= next.attempt) return;
    this.change(lane, offset, next);
    row.told = false;
  }

  private change(lane: LaneName, offset: number, next: Next): void {
    const row = this.row(lane, offset);
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
  const { offset, envelope, attempt, dueAtMs } = item;
  return { offset, envelope, attempt, dueAtMs, storedAtMs };
}
