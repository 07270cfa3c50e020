import type { DeliveryEnvelope, JournalEnvelope } from '@hookstile/contracts';
import { attemptRecord, type JournalContext, setAsideRecord, skippedRecord } from '../journal/journal-records.js';
import { signalsOf } from './failure-signals.js';
import { UNACKNOWLEDGED_OUTCOMES_MAX } from './lane.bounds.js';
import type { EndedAttempt, Lane, LanedIntegration } from './lane.js';
import type { Fence, LaneDelivery } from './lane.store.js';
import type { Push } from './lane.types.js';
import type { LaneServices } from './lane-services.js';
import type { PartitionProgress } from './partition-progress.js';

const NO_BYTES = Buffer.alloc(0);

/** What of an attempt goes into the counts. */
type Counts = Pick<EndedAttempt, 'signals' | 'run' | 'sequence'>;

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

  attempt(lane: Lane, outcome: number, items: Push<LaneDelivery>): void {
    const { fence, services, progress } = this.options;
    const { ended } = lane;
    if (ended === null) return;
    lane.ended = null;
    const record = attemptRecord(this.contextOf(lane.integration, ended.sequence), {
      attemptId: ended.attemptId,
      startedAtMs: ended.startedAtMs,
      outcome: ended.outcome,
      verdict: ended.verdict,
      deliveries: items,
      lane: lane.name.key,
      attempt: items[0].attempt,
      enablement: ended.run.enablement,
      consecutiveFailures: ended.run.consecutiveFailures,
    });
    const { verdict, signals, run, sequence } = ended;
    // An aborted attempt changes nothing; its lane may never write a row that would end the need.
    const retried = typeof verdict === 'object' && verdict !== null ? items : [];
    const counts = ended.counted ? { signals, run, sequence } : null;
    // Of the attempt it holds what it needs only: headers and bodies are in the record.
    const onWritten = (offset: number): void => {
      if (!this.options.isOurs()) return;
      progress.needs.open(offset, 1);
      if (counts) this.fold(lane, counts, () => this.acknowledge(lane, outcome, offset, retried));
      else this.acknowledge(lane, outcome, offset, retried);
    };
    // A lane may go on with a few outcomes that are not acknowledged, and counts wait for theirs.
    const mayWait = !ended.counted && lane.state.outcomes.length < UNACKNOWLEDGED_OUTCOMES_MAX - 1;
    if (mayWait) services.journal.appendSoon(fence.partition, record, onWritten);
    else services.journal.append(fence.partition, record, onWritten);
  }

  discarded(lane: Lane, outcome: number, items: readonly LaneDelivery[]): void {
    const reason = lane.state.rules.permission === 'discard' ? 'integration_deleted' : 'backlog_discarded';
    this.aside(lane.integration, 'discarded', items, reason, (offset) => this.endAside(lane, outcome, offset));
  }

  /** An exhausted push that was given up: it failed when it was exhausted, so nothing is counted. */
  skipped(lane: Lane, outcome: number, items: readonly LaneDelivery[]): void {
    const { skipping } = lane;
    if (skipping === null) return;
    lane.skipping = null;
    const record = skippedRecord(
      this.nextContext(lane.integration),
      items,
      skipping,
      this.options.services.clock.nowMs(),
    );
    this.append(record, (offset) => {
      this.endAside(lane, outcome, offset);
      skipping.done(true);
    });
  }

  /** Records deliveries as held or discarded; calls back with the record's offset, unless the lease is lost before. */
  aside(
    integration: LanedIntegration,
    kind: 'held' | 'discarded',
    deliveries: readonly { envelope: DeliveryEnvelope; offset: number }[],
    reason: string,
    onAcknowledged: (offset: number) => void,
  ): void {
    const nowMs = this.options.services.clock.nowMs();
    this.append(setAsideRecord(kind, this.nextContext(integration), deliveries, reason, nowMs), onAcknowledged);
  }

  private append(envelope: JournalEnvelope, onAcknowledged: (offset: number) => void): void {
    const { fence, services, isOurs } = this.options;
    services.journal.append(fence.partition, { envelope, bytes: NO_BYTES }, (offset) => {
      if (isOurs()) onAcknowledged(offset);
    });
  }

  private endAside(lane: Lane, outcome: number, offset: number): void {
    const { needs } = this.options.progress;
    needs.open(offset, 1);
    // A failed head that ends unsent is never written.
    for (const need of lane.needsAtStore.splice(0)) needs.release(need);
    this.acknowledge(lane, outcome, offset, []);
  }

  /** The run's row with its signals, before the integration's next attempt. */
  private fold(lane: Lane, { signals: types, run, sequence }: Counts, then: () => void): void {
    const { fence, services } = this.options;
    const { id: integrationId, tenantId } = lane.integration;
    const nowMs = services.clock.nowMs();
    const signals = signalsOf(types, { tenantId, integrationId, run, sequence, nowMs });
    services.writer.add({ kind: 'run', fence, integrationId, run, signals }, () => {
      services.sendSignals(fence, signals);
      if (!this.options.isOurs()) return;
      lane.integration.gate.free(services.clock.monotonicMs());
      then();
    });
  }

  private acknowledge(lane: Lane, outcome: number, journalOffset: number, retried: readonly LaneDelivery[]): void {
    const { progress, onAcknowledged, isOurs } = this.options;
    if (!isOurs()) return;
    if (retried.length > 0) {
      // Until a row says what comes next the journal alone knows of the failed attempt. The row can be there before
      // this write changes it, and be passed at any moment: passing is not enough.
      for (const { offset } of retried) progress.needUntilPassed(journalOffset, offset);
      progress.needs.add(journalOffset);
      lane.needsAtStore.push(journalOffset);
    }
    progress.during(journalOffset, () => onAcknowledged(lane, outcome));
    progress.needs.release(journalOffset);
  }

  private nextContext(integration: LanedIntegration): JournalContext {
    integration.sequence += 1;
    return this.contextOf(integration, integration.sequence);
  }

  private contextOf({ tenantId, id: integrationId }: LanedIntegration, sequence: number): JournalContext {
    return { tenantId, integrationId, epoch: this.options.fence.epoch, sequence };
  }
}
