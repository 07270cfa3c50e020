import type { DeliveryEnvelope } from '@hookstile/contracts';
import { attemptRecord, type JournalContext, setAsideRecord } from '../journal/journal-records.js';
import { signalsOf } from './failure-signals.js';
import type { EndedAttempt, Lane } from './lane.js';
import type { Fence, LaneDelivery } from './lane.store.js';
import type { LaneServices } from './lane-services.js';
import type { PartitionProgress } from './partition-progress.js';

export interface LaneJournalOptions {
  fence: Fence;
  services: LaneServices;
  progress: PartitionProgress;
  /** Whether the partition is still ours. */
  isOurs(): boolean;
  /** The outcome stands in the journal, and in the counts where it counts. */
  onAcknowledged(lane: Lane, outcome: number): void;
}

/** Writes what ended how: the journal first, then the counts, then the lane goes on. */
export class LaneJournal {
  constructor(private readonly options: LaneJournalOptions) {}

  attempt(lane: Lane, outcome: number, item: LaneDelivery): void {
    const { fence, services, progress } = this.options;
    const { ended } = lane;
    if (ended === null) return;
    lane.ended = null;
    const record = attemptRecord(this.contextOf(lane, ended.sequence), {
      ...ended,
      delivery: item,
      attempt: item.attempt,
      enablement: ended.run.enablement,
      consecutiveFailures: ended.run.consecutiveFailures,
    });
    services.journal.append(fence.partition, record, (offset) => {
      if (!this.options.isOurs()) return;
      progress.needs.open(offset, 1);
      // An aborted attempt changes nothing; its lane may never write a row that would end the need.
      const retried = typeof ended.verdict === 'object' && ended.verdict !== null ? item.offset : null;
      if (ended.counted) this.fold(lane, ended, () => this.acknowledge(lane, outcome, offset, retried));
      else this.acknowledge(lane, outcome, offset, retried);
    });
  }

  discarded(lane: Lane, outcome: number, items: readonly LaneDelivery[]): void {
    const reason = lane.state.permission === 'discard' ? 'integration_deleted' : 'backlog_discarded';
    this.aside(lane, 'discarded', items, reason, (offset) => {
      const { needs } = this.options.progress;
      needs.open(offset, 1);
      // A failed head that was discarded is never written.
      for (const need of lane.needsAtStore.splice(0)) needs.release(need);
      this.acknowledge(lane, outcome, offset, null);
    });
  }

  /** Records deliveries as held or discarded; calls back with the record's offset, unless the lease is lost before. */
  aside(
    lane: Lane,
    kind: 'held' | 'discarded',
    deliveries: readonly { envelope: DeliveryEnvelope; offset: number }[],
    reason: string,
    onAcknowledged: (offset: number) => void,
  ): void {
    const { fence, services } = this.options;
    lane.integration.sequence += 1;
    const context = this.contextOf(lane, lane.integration.sequence);
    const envelope = setAsideRecord(kind, context, deliveries, reason, services.clock.nowMs());
    services.journal.append(fence.partition, { envelope, bytes: Buffer.alloc(0) }, (offset) => {
      if (this.options.isOurs()) onAcknowledged(offset);
    });
  }

  /** The run's row with its signals, before the integration's next attempt. */
  private fold(lane: Lane, { signals: types, run, sequence }: EndedAttempt, then: () => void): void {
    const { fence, services } = this.options;
    const { id: integrationId, tenantId } = lane.integration;
    const nowMs = services.clock.nowMs();
    const signals = signalsOf(types, { tenantId, integrationId, run, sequence, nowMs });
    services.writer.add({ kind: 'run', fence, integrationId, run, signals }, () => {
      services.sendSignals(fence, signals);
      then();
    });
  }

  private acknowledge(lane: Lane, outcome: number, journalOffset: number, retried: number | null): void {
    const { progress, onAcknowledged, isOurs } = this.options;
    if (!isOurs()) return;
    if (retried !== null) {
      // Until a row says what comes next the journal alone knows of the failed attempt. The row can be there before
      // this write changes it, and be passed at any moment: passing is not enough.
      progress.needUntilPassed(journalOffset, retried);
      progress.needs.add(journalOffset);
      lane.needsAtStore.push(journalOffset);
    }
    progress.during(journalOffset, () => onAcknowledged(lane, outcome));
    progress.needs.release(journalOffset);
  }

  private contextOf(lane: Lane, sequence: number): JournalContext {
    const { tenantId, id: integrationId } = lane.integration;
    return { tenantId, integrationId, epoch: this.options.fence.epoch, sequence };
  }
}
