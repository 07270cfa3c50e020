import { type IntegrationConfiguration, partitionOf, type Redelivery } from '@hookstile/contracts';
import type { Clock } from '@hookstile/service-runtime';
import type { RedeliveriesPublisher } from '../publishes/redeliveries.publisher.js';
import { toIso } from '../read/times.js';
import type { RoutedDeliveries, RoutedInOrder } from '../redeliver/routed-deliveries.js';
import { RatePace } from './rate-pace.js';
import { CHUNK_MAX_BYTES, ENDINGS_INTERVAL_MS, LEASE_TERM_MS, STEP_INTERVAL_MS } from './recovery.bounds.js';
import type { ClaimedMember, RecoveryRow } from './recovery.types.js';
import { type Move, moveOf } from './recovery-move.js';
import { recoveryRecord, SYSTEM } from './recovery-record.js';
import type { RecoveryLease, RecoveryWorkStore, WorkState } from './recovery-work.store.js';

export interface RecoveryWorkerOptions {
  store: RecoveryWorkStore;
  configuration: {
    integration(id: string): IntegrationConfiguration | undefined;
    catchUp(): Promise<void>;
  };
  routed: Pick<RoutedDeliveries, 'inOrder'>;
  publisher: Pick<RedeliveriesPublisher, 'publishAll' | 'tell'>;
  /** Offset in `deliveries` below which the partition holds nothing. */
  startOffset(partition: number): Promise<number>;
  partitionCount: number;
  clock: Clock;
  /** Resolves early where the process stops. */
  pause(ms: number): Promise<void>;
  /** Rejects as soon as the process stops; what was asked goes on all the same. */
  untilStopped<T>(asked: Promise<T>): Promise<T>;
}

/**
 * Works one recovery as long as it has the lease. What is written twice, here or by who had the lease before, is sent
 * once: a redelivery is named by the ending that it repeats. Both write the same members in the same order from the same
 * place on, so that whoever was stopped in between changes no order.
 */
export class RecoveryWorker {
  #routed: RoutedInOrder | null = null;
  #pace: RatePace | null = null;

  constructor(
    private readonly lease: RecoveryLease,
    private readonly options: RecoveryWorkerOptions,
  ) {}

  /** Resolves once nothing is to be done at present, its turn is over or the lease is another's; rejects where a part that it needs is away. */
  async run(isOver: () => boolean): Promise<void> {
    for (;;) {
      const state = await this.options.store.look(this.lease, LEASE_TERM_MS);
      if (state === null || isOver()) return;
      if (!this.#pace && state.recovery.status === 'running') {
        this.#pace = await this.begin(state.recovery);
        continue;
      }
      const move = await this.moveOf(state);
      if (!(await this.make(move, state))) return;
    }
  }

  /** What the topic has forgotten already is found at once, and not delivery by delivery. */
  private async begin(recovery: RecoveryRow): Promise<RatePace> {
    const { store, clock, startOffset, untilStopped } = this.options;
    const offset = await untilStopped(startOffset(this.partitionOf(recovery)));
    await store.expireBelow(this.lease, offset);
    return new RatePace(recovery.ratePerSecond, clock.monotonicMs());
  }

  private async moveOf(state: WorkState): Promise<Move> {
    const { configuration, clock, untilStopped } = this.options;
    const look = () =>
      moveOf(state, {
        integration: configuration.integration(state.recovery.integrationId),
        allowed: this.#pace?.allowed(clock.monotonicMs()) ?? 0,
        nowMs: clock.nowMs(),
      });
    const move = look();
    if (move.kind !== 'stop') return move;
    // It may have been enabled a moment ago.
    await untilStopped(configuration.catchUp());
    return look();
  }

  /** False once nothing more is to be done here: what a stopped recovery waits for is looked at when its lease has ended. */
  private async make(move: Move, { recovery }: WorkState): Promise<boolean> {
    const { store, publisher, clock, pause, untilStopped } = this.options;
    switch (move.kind) {
      case 'tell':
        await untilStopped(publisher.tell(recoveryRecord(recovery, move.what)));
        return store.told(this.lease, move.what);
      case 'send':
        this.#pace?.sent(move.count);
        return this.send(recovery, move.count);
      case 'stop': {
        const by = { actor: SYSTEM, requestId: null };
        return store.stopLeased(this.lease, { reason: move.reason, atMs: clock.nowMs(), by });
      }
      case 'drop':
        return store.dropWaiting(this.lease);
      case 'done':
        await store.done(this.lease, clock.nowMs());
        return false;
      case 'close':
        await store.close(this.lease);
        return false;
      case 'wait':
        await pause(move.for === 'rate' ? STEP_INTERVAL_MS : ENDINGS_INTERVAL_MS);
        return recovery.status === 'running';
    }
  }

  private async send(recovery: RecoveryRow, count: number): Promise<boolean> {
    const { store, pause } = this.options;
    const members = await store.claim(this.lease, count);
    if (members === null) return false;
    const expired = await this.handOver(recovery, members);
    if (!(await store.handedOver(this.lease, expired))) return false;
    await pause(STEP_INTERVAL_MS);
    return true;
  }

  /** Resolves with the positions of those whose events are not kept any more. */
  private async handOver(recovery: RecoveryRow, members: readonly ClaimedMember[]): Promise<number[]> {
    const expired: number[] = [];
    let chunk: Redelivery[] = [];
    let bytes = 0;
    for (const member of members) {
      if (member.repeated) continue;
      const redelivery = await this.redeliveryOf(recovery, member);
      if (!redelivery) {
        expired.push(member.position);
        continue;
      }
      chunk.push(redelivery);
      bytes += redelivery.bytes.length;
      if (bytes < CHUNK_MAX_BYTES) continue;
      await this.publish(chunk);
      chunk = [];
      bytes = 0;
    }
    await this.publish(chunk);
    return expired;
  }

  private async publish(chunk: readonly Redelivery[]): Promise<void> {
    if (chunk.length > 0) await this.options.untilStopped(this.options.publisher.publishAll(chunk));
  }

  private async redeliveryOf(recovery: RecoveryRow, member: ClaimedMember): Promise<Redelivery | null> {
    const { deliveryId, deliveryOffset: endedOffset, status: endedStatus, reason: endedReason } = member;
    this.#routed ??= this.options.routed.inOrder(this.partitionOf(recovery));
    const delivery = await this.options.untilStopped(this.#routed.at(endedOffset, deliveryId));
    if (!delivery) return null;
    const envelope: Redelivery['envelope'] = {
      ...{ deliveryId, integrationId: recovery.integrationId, event: delivery.envelope.event },
      ...{ endedOffset, endedStatus, endedReason },
      requestedAt: toIso(recovery.startedAtMs),
      ...recovery.startedBy,
      traceparent: null,
      recoveryId: recovery.id,
    };
    return { envelope, bytes: delivery.bytes };
  }

  private partitionOf({ integrationId }: RecoveryRow): number {
    return partitionOf(integrationId, this.options.partitionCount);
  }
}
