import type { DeliveryEnvelope } from '@hookstile/contracts';
import type { Checkpoint } from '../journal/checkpoint.js';
import type { NextAttempt } from '../journal/journal-history.js';
import type { Skipping } from '../journal/journal-records.js';
import { CatchingUp } from './catching-up.js';
import { type FailureRun, underEnablement } from './failure-run.js';
import { tendHeld } from './held-tending.js';
import { LANE_DRAIN_MAX_MS, LOAD_RETRY_DELAY_MS, STORE_RETRY_DELAY_MS } from './lane.bounds.js';
import { decideLane } from './lane.decider.js';
import { gateBoundsOf, isIdle, type Lane, type LanedIntegration, type LaneTurn, originOf, rulesOf } from './lane.js';
import type { Fence, LaneDelivery, StoredLane } from './lane.store.js';
import type { LaneEffect, LaneInput } from './lane.types.js';
import { LaneAttempts } from './lane-attempts.js';
import { LaneJournal } from './lane-journal.js';
import { laneKeyOf, STRICT_LANE_KEY } from './lane-key.js';
import { inMemory } from './lane-memory.js';
import type { LaneServices } from './lane-services.js';
import { LanedIntegrations } from './laned-integrations.js';
import { PartitionProgress, type ProgressBeginning } from './partition-progress.js';
import { waitMaxMsOf } from './retry-wait.js';

export interface RunnerBeginning extends ProgressBeginning {
  readonly runs: ReadonlyMap<string, FailureRun>;
  readonly lanes: readonly StoredLane[];
  /** What the journal's history says of deliveries that were attempted, by offset. */
  readonly next: ReadonlyMap<number, Pick<NextAttempt, 'lane'>>;
}

type Input = LaneInput<LaneDelivery>;
type Effect = LaneEffect<LaneDelivery>;

/** The shell around the lanes of one owned partition: gives the decider its inputs, and carries its effects out. */
export class LaneRunner {
  readonly progress: PartitionProgress;
  private readonly integrations: LanedIntegrations;
  private readonly attempts: LaneAttempts;
  private readonly journal: LaneJournal;
  private readonly catchingUp = new CatchingUp((lane) => this.give(lane, { kind: 'caught up' }));
  private lost = false;

  constructor(
    readonly fence: Fence,
    private readonly services: LaneServices,
    private readonly beginning: RunnerBeginning,
  ) {
    const isOurs = () => !this.lost;
    this.progress = new PartitionProgress(beginning);
    this.integrations = new LanedIntegrations({
      fence,
      shell: this,
      runs: beginning.runs,
      configurationOf: (id) => services.integration(id),
      nextOffset: () => this.progress.nextOffset,
      catchingUp: this.catchingUp,
      gateEffects: (integration) => this.attempts.gateEffects(integration),
    });
    this.attempts = new LaneAttempts({
      fence,
      services,
      isOurs,
      give: (lane, input) => this.give(lane, input),
      onStopped: (integration) => this.tellLanes(integration),
    });
    this.journal = new LaneJournal({
      fence,
      services,
      progress: this.progress,
      isOurs,
      onAcknowledged: (lane, outcome) => this.give(lane, { kind: 'outcome acknowledged', outcome }),
    });
  }

  /** Brings back the lanes that have rows. */
  begin(): void {
    for (const stored of this.beginning.lanes) {
      const integration = this.integrations.of(stored.name.integrationId);
      const lane = this.integrations.laneOf(integration, stored.name.key, stored);
      this.give(lane, { kind: 'timer fired', nowMs: this.services.clock.nowMs() });
    }
  }

  get lanes(): Lane[] {
    return this.integrations.lanes;
  }

  lanesOf(integrationId: string): Lane[] {
    return [...(this.integrations.find(integrationId)?.lanes.values() ?? [])];
  }

  /** From where a successor must read, at this moment. */
  checkpoint(): Checkpoint {
    return this.progress.checkpoint(this.fence.epoch);
  }

  /** A record that needs nothing: a replay, one that ended, one that cannot be read. */
  skip(offset: number, envelope: DeliveryEnvelope | null): void {
    if (this.progress.track(offset, envelope)) this.progress.markDone(offset);
    this.catchingUp.reached(this.progress.nextOffset);
  }

  enqueue(item: LaneDelivery): void {
    if (this.progress.track(item.offset, item.envelope)) this.enqueueTracked(item);
    this.catchingUp.reached(this.progress.nextOffset);
  }

  /** One that waited elsewhere since its offset was tracked. */
  enqueueTracked(item: LaneDelivery): void {
    if (this.lost) return;
    const integration = this.integrations.of(item.envelope.integrationId);
    if (integration.tenantId === '') integration.tenantId = item.envelope.event.tenantId;
    const lane = this.integrations.laneOf(integration, this.keyOf(integration, item), null);
    this.give(lane, { kind: 'enqueued', items: [item] });
  }

  /** What was attempted already goes back to its lane: those that failed together stay together. */
  private keyOf({ configuration }: LanedIntegration, item: LaneDelivery): string {
    const next = this.beginning.next.get(item.offset);
    // Records of the first builds, which knew one lane an integration, name none.
    if (next) return next.lane ?? STRICT_LANE_KEY;
    return configuration ? laneKeyOf(configuration.settings.ordering, item) : STRICT_LANE_KEY;
  }

  integrationChanged(integrationId: string): void {
    const integration = this.integrations.find(integrationId);
    if (integration === undefined) return;
    const configuration = this.services.integration(integrationId) ?? null;
    integration.configuration = configuration;
    integration.origin = originOf(configuration);
    integration.gate.setBounds(gateBoundsOf(configuration), this.services.clock.monotonicMs());
    if (configuration) integration.run = underEnablement(integration.run, configuration.enablement);
    this.tellLanes(integration);
  }

  /** Ends an exhausted head as failed, once its record is written; false where the head is none. */
  giveUp(lane: Lane, skipping: Skipping): Promise<boolean> {
    if (lane.skipping !== null) return Promise.resolve(false);
    return new Promise((done) => {
      lane.skipping = { ...skipping, done };
      this.give(lane, { kind: 'skip' });
      this.endSkipping(lane);
    });
  }

  /** With the memory of all short, lanes that are slow go to rows, so that they do not hold up the others. */
  relieveMemory(slowAttemptMs: number): void {
    for (const { meanAttemptMs, lanes, configuration } of this.integrations.all) {
      if (meanAttemptMs <= slowAttemptMs) continue;
      let waiting = 0;
      for (const { state } of lanes.values()) waiting += state.queue.length;
      const { maxConcurrency } = gateBoundsOf(configuration);
      const drainMs = (waiting * meanAttemptMs) / Math.min(maxConcurrency, Math.max(1, lanes.size));
      if (drainMs <= LANE_DRAIN_MAX_MS) continue;
      for (const lane of [...lanes.values()]) this.give(lane, { kind: 'memory short' });
    }
  }

  /** Mean durations of the attempts of each integration. */
  get meanAttemptsMs(): number[] {
    return [...this.integrations.all].map(({ meanAttemptMs }) => meanAttemptMs);
  }

  /** Drops what a lane that has nothing to do is in memory for. */
  dropIdle(): void {
    for (const lane of this.lanes) this.dropIfIdle(lane);
  }

  /** The lease ran out, and may be renewed yet. */
  suspend(): void {
    this.attempts.suspend();
  }

  resume(): void {
    this.attempts.resume();
  }

  /** Another owner has the partition, or it was released: forgets everything. */
  lose(): void {
    this.lost = true;
    this.attempts.abortAll();
    for (const lane of this.lanes) {
      this.attempts.withdraw(lane);
      this.services.timers.forget(lane);
      const { count, bytes } = inMemory(lane.state);
      this.services.memory.change(-count, -bytes);
      lane.state = decideLane(lane.state, { kind: 'lease lost' }).state;
      this.endSkipping(lane);
    }
    this.integrations.clear();
  }

  /** Starts nothing more; `isQuiet` tells when what ran has ended and stands in the journal. */
  close(): void {
    this.attempts.close();
    for (const lane of this.lanes) this.attempts.withdraw(lane);
  }

  abortAttempts(): void {
    this.attempts.abortAll();
  }

  get isQuiet(): boolean {
    return this.attempts.count === 0 && this.lanes.every(({ state }) => state.outcomes.length === 0);
  }

  /** A lane's turn to make an attempt has come. */
  startAttempt(turn: LaneTurn): void {
    this.attempts.start(turn);
  }

  give(lane: Lane, input: Input): void {
    if (this.lost) return;
    const before = inMemory(lane.state);
    const { state, effects } = decideLane(lane.state, input);
    lane.state = state;
    const after = inMemory(state);
    if (after.count !== before.count || after.bytes !== before.bytes)
      this.services.memory.change(after.count - before.count, after.bytes - before.bytes);
    for (const effect of effects) this.carryOut(lane, effect);
    if (lane.skipping !== null) this.endSkipping(lane);
    // A strict integration's lane is there again with its next delivery.
    if (lane.name.key !== STRICT_LANE_KEY) this.dropIfIdle(lane);
  }

  private dropIfIdle(lane: Lane): void {
    const { integration, name } = lane;
    if (integration.lanes.get(name.key) !== lane || !isIdle(lane)) return;
    this.services.timers.forget(lane);
    integration.lanes.delete(name.key);
  }

  /** What was to be skipped is not, or not any more. */
  private endSkipping(lane: Lane): void {
    if (lane.state.skip !== null && !lane.state.lost) return;
    lane.skipping?.done(false);
    lane.skipping = null;
  }

  private tellLanes(integration: LanedIntegration): void {
    const rules = rulesOf(integration.configuration, integration.run);
    for (const lane of [...integration.lanes.values()]) {
      this.give(lane, { kind: 'integration changed', rules });
      if (rules.permission !== 'send' && this.attempts.withdraw(lane)) this.give(lane, { kind: 'attempt withdrawn' });
    }
  }

  private carryOut(lane: Lane, effect: Effect): void {
    switch (effect.kind) {
      case 'start attempt':
        this.attempts.request(lane, effect.items);
        break;
      case 'journal':
        if (effect.what === 'attempt') this.journal.attempt(lane, effect.outcome, effect.items);
        else this.journal[effect.what](lane, effect.outcome, effect.items);
        break;
      case 'park rows':
        this.park(lane, effect);
        break;
      case 'load rows':
        this.load(lane, effect.after, effect.limit);
        break;
      case 'delete rows':
        this.deleteRows(lane, effect.offsets);
        break;
      case 'tend held':
        void this.tend(lane, effect.after);
        break;
      case 'set timer':
        this.services.timers.set(lane, effect.atMs, waitMaxMsOf(lane));
        break;
      case 'mark offset done':
        this.progress.markDone(effect.offset);
        break;
    }
  }

  private park(lane: Lane, { insert, update }: Extract<Effect, { kind: 'park rows' }>): void {
    const { writer, clock } = this.services;
    const needs = lane.needsAtStore;
    lane.needsAtStore = [];
    const { fence } = this;
    writer.add({ kind: 'park', fence, lane: lane.name, insert, update, storedAtMs: clock.nowMs() }, (stored) => {
      if (stored) for (const need of needs) this.progress.needs.release(need);
      else lane.needsAtStore.push(...needs);
      if (stored) this.give(lane, { kind: 'rows stored' });
      else this.give(lane, { kind: 'rows failed', retryAtMs: clock.nowMs() + STORE_RETRY_DELAY_MS });
    });
  }

  private load(lane: Lane, after: number, limit: number): void {
    const { reader, clock } = this.services;
    reader.load({ lane: lane.name, after, limit }, (items) => {
      if (items) this.give(lane, { kind: 'rows loaded', items });
      else this.give(lane, { kind: 'load failed', retryAtMs: clock.nowMs() + LOAD_RETRY_DELAY_MS });
    });
  }

  private deleteRows(lane: Lane, offsets: readonly number[]): void {
    const release = this.progress.needForRows(offsets);
    lane.deletes += 1;
    this.services.writer.add({ kind: 'delete', fence: this.fence, lane: lane.name, offsets }, () => {
      lane.deletes -= 1;
      release();
      if (lane.name.key !== STRICT_LANE_KEY) this.dropIfIdle(lane);
    });
  }

  private async tend(lane: Lane, after: number): Promise<void> {
    const { fence, services, progress, journal } = this;
    this.give(lane, { kind: 'held tended', ...(await tendHeld({ fence, services, progress, journal }, lane, after)) });
  }
}
