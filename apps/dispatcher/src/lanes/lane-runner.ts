import type { DeliveryEnvelope } from '@hookstile/contracts';
import type { Checkpoint } from '../journal/checkpoint.js';
import type { NextAttempt } from '../journal/journal-history.js';
import type { Skipping } from '../journal/journal-records.js';
import { type FailureRun, underEnablement } from './failure-run.js';
import { TRACKED_MAX_COUNT } from './lane.bounds.js';
import { decideLane } from './lane.decider.js';
import { gateBoundsOf, type Lane, type LanedIntegration, type LaneTurn, originOf, rulesOf } from './lane.js';
import type { Fence, LaneDelivery } from './lane.store.js';
import type { LaneEffect, LaneInput } from './lane.types.js';
import { laneKeyOf, STRICT_LANE_KEY } from './lane-key.js';
import { inMemory, loadedBytes } from './lane-memory.js';
import { type LaneParts, laneParts } from './lane-parts.js';
import type { LaneServices } from './lane-services.js';
import { moveOn, type ReliefOptions, relieve } from './memory-relief.js';
import { PartitionProgress, type ProgressBeginning } from './partition-progress.js';

export interface RunnerBeginning extends ProgressBeginning {
  readonly runs: ReadonlyMap<string, FailureRun>;
  /** How many rows each integration has. */
  readonly rows: ReadonlyMap<string, number>;
  /** What the journal's history says of deliveries that were attempted, by offset. */
  readonly next: ReadonlyMap<number, Pick<NextAttempt, 'lane'>>;
}

type Input = LaneInput<LaneDelivery>;
type Effect = LaneEffect<LaneDelivery>;

/** The shell around the lanes of one owned partition: gives the decider its inputs, and carries its effects out. */
export class LaneRunner {
  readonly progress: PartitionProgress;
  private readonly parts: LaneParts;
  private lost = false;
  private closing = false;
  private readonly relief: ReliefOptions = {
    toRows: (lane) => this.give(lane, { kind: 'memory short' }),
    putOff: (lane) => {
      const { head } = lane.state;
      // What is rows already takes no more memory where it waits than elsewhere.
      if (head?.status !== 'running' || head.stored || !this.parts.attempts.withdraw(lane)) return;
      this.give(lane, { kind: 'put off', dueAtMs: this.services.clock.nowMs() });
    },
  };

  constructor(
    readonly fence: Fence,
    private readonly services: LaneServices,
    private readonly beginning: RunnerBeginning,
  ) {
    this.progress = new PartitionProgress(beginning);
    this.parts = laneParts({
      fence,
      services,
      progress: this.progress,
      shell: this,
      runs: beginning.runs,
      isOurs: () => !this.lost,
      isWorking: () => !this.lost && !this.closing,
      tellLanes: (integration) => this.tellLanes(integration),
    });
  }

  /** Integrations with rows may have lanes that exist as rows only; those that have something to do are woken. */
  begin(): void {
    for (const [integrationId, rows] of this.beginning.rows) {
      const integration = this.parts.integrations.of(integrationId);
      integration.sleepers.may = true;
      integration.sleepers.rows = rows;
      this.parts.held.begin(integration);
    }
    this.sweep();
  }

  get lanes(): Lane[] {
    return this.parts.integrations.lanes;
  }

  get laned(): Iterable<LanedIntegration> {
    return this.parts.integrations.all;
  }

  lanesOf(integrationId: string): Lane[] {
    return [...(this.parts.integrations.find(integrationId)?.lanes.values() ?? [])];
  }

  /** Null where nothing is known of the integration. */
  isStopped(integrationId: string): boolean | null {
    const integration = this.parts.integrations.find(integrationId);
    return integration === undefined ? null : integration.permission === 'hold';
  }

  /** A lane, woken where it exists as rows only; null where nothing is stored of it. */
  awaken(integrationId: string, key: string): Promise<Lane | null> {
    const integration = this.parts.integrations.of(integrationId);
    return new Promise((resolve) => this.parts.waking.wake(integration, key, resolve));
  }

  /** From where a successor must read, at this moment. */
  checkpoint(): Checkpoint {
    return this.progress.checkpoint(this.fence.epoch);
  }

  /** A record that needs nothing: a replay, one that ended, one that cannot be read. */
  skip(offset: number, envelope: DeliveryEnvelope | null): void {
    if (this.progress.track(offset, envelope)) this.progress.markDone(offset);
    this.parts.catchingUp.reached(this.progress.nextOffset);
  }

  enqueue(item: LaneDelivery): void {
    if (this.progress.track(item.offset, item.envelope)) this.enqueueTracked(item);
    this.parts.catchingUp.reached(this.progress.nextOffset);
  }

  /** One that waited elsewhere since its offset was tracked. */
  enqueueTracked(item: LaneDelivery): void {
    if (this.lost) return;
    const integration = this.parts.integrations.of(item.envelope.integrationId);
    if (integration.tenantId === '') integration.tenantId = item.envelope.event.tenantId;
    const next = this.beginning.next.get(item.offset);
    const ordering = integration.configuration?.settings.ordering ?? { mode: 'strict' };
    // What was attempted already goes back to its lane: those that failed together stay together. Records of the first
    // builds, which knew one lane an integration, name none.
    const key = next ? (next.lane ?? STRICT_LANE_KEY) : laneKeyOf(ordering, item);
    this.parts.waking.enqueue(integration, key, item, next === undefined && ordering.mode === 'unordered');
  }

  integrationChanged(integrationId: string): void {
    const integration = this.parts.integrations.find(integrationId);
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

  /** With memory short, integrations that are slow go to rows, so that they do not hold up the others. */
  relieveMemory(slowAttemptMs: number): void {
    for (const integration of this.parts.integrations.all) relieve(integration, slowAttemptMs, this.relief);
  }

  /** Mean durations of the attempts of each integration that has made some. */
  get meanAttemptsMs(): number[] {
    return [...this.parts.integrations.all].flatMap(({ meanAttemptMs }) => meanAttemptMs ?? []);
  }

  /** Forgets lanes that have nothing to do, or exist as rows; looks for those that have something to do again. */
  sweep(): void {
    this.parts.sweep.sweep();
    const { size, lowWater, nextOffset } = this.progress;
    if (size <= TRACKED_MAX_COUNT || this.closing) return;
    const through = (lowWater + nextOffset) / 2;
    for (const integration of this.parts.integrations.all) moveOn(integration, through, this.relief);
  }

  /** The lease ran out, and may be renewed yet. */
  suspend(): void {
    this.parts.attempts.suspend();
  }

  resume(): void {
    this.parts.attempts.resume();
  }

  /** Another owner has the partition, or it was released: forgets everything. */
  lose(): void {
    this.lost = true;
    this.parts.attempts.abortAll();
    for (const lane of this.lanes) {
      this.parts.attempts.withdraw(lane);
      this.services.timers.forget(lane);
      const { count, bytes } = inMemory(lane.state);
      this.services.memory.change(this.fence.partition, -count, -bytes);
      this.services.loaded.bytes -= loadedBytes(lane.state.loaded);
      lane.state = decideLane(lane.state, { kind: 'lease lost' }).state;
      this.endSkipping(lane);
    }
    for (const integration of this.parts.integrations.all) this.parts.waking.lose(integration);
    this.parts.integrations.clear();
  }

  /** Starts nothing more; `isQuiet` tells when what ran has ended and stands in the journal. */
  close(): void {
    this.closing = true;
    this.parts.attempts.close();
    for (const lane of this.lanes) this.parts.attempts.withdraw(lane);
  }

  abortAttempts(): void {
    this.parts.attempts.abortAll();
  }

  get isQuiet(): boolean {
    return this.parts.attempts.count === 0 && this.lanes.every(({ state }) => state.outcomes.length === 0);
  }

  /** A lane's turn to make an attempt has come. */
  startAttempt(turn: LaneTurn): void {
    this.parts.attempts.start(turn);
  }

  give(lane: Lane, input: Input): void {
    if (this.lost) return;
    const before = inMemory(lane.state);
    const { loaded: loadedBefore } = lane.state;
    const { state, effects } = decideLane(lane.state, input);
    lane.state = state;
    const after = inMemory(state);
    if (after.count !== before.count || after.bytes !== before.bytes)
      this.services.memory.change(this.fence.partition, after.count - before.count, after.bytes - before.bytes);
    if (state.loaded !== loadedBefore)
      this.services.loaded.bytes += loadedBytes(state.loaded) - loadedBytes(loadedBefore);
    for (const effect of effects) this.carryOut(lane, effect);
    if (lane.skipping !== null) this.endSkipping(lane);
    this.parts.sweep.dropIfSpent(lane);
  }

  /** What was to be skipped is not, or not any more. */
  private endSkipping(lane: Lane): void {
    if (lane.state.skip !== null && !lane.state.lost) return;
    lane.skipping?.done(false);
    lane.skipping = null;
  }

  private tellLanes(integration: LanedIntegration): void {
    const { permission: before } = integration;
    const rules = rulesOf(integration);
    const { permission } = rules;
    integration.permission = permission;
    for (const lane of [...integration.lanes.values()]) {
      this.give(lane, { kind: 'integration changed', rules });
      if (permission !== 'send' && this.parts.attempts.withdraw(lane)) this.give(lane, { kind: 'attempt withdrawn' });
    }
    if (permission !== 'hold') this.parts.due.review(integration, before === 'hold');
    else if (before !== 'hold') this.parts.held.begin(integration);
  }

  private carryOut(lane: Lane, effect: Effect): void {
    switch (effect.kind) {
      case 'start attempt':
        this.parts.attempts.request(lane, effect.items);
        break;
      case 'journal':
        if (effect.what === 'attempt') this.parts.journal.attempt(lane, effect.outcome, effect.items);
        else this.parts.journal[effect.what](lane, effect.outcome, effect.items);
        break;
      case 'park rows':
        this.parts.rows.park(lane, effect);
        break;
      case 'load rows':
        this.parts.rows.load(lane, effect);
        break;
      case 'delete rows':
        this.parts.rows.delete(lane, effect.offsets);
        break;
      case 'set timer':
        this.services.timers.set(lane, effect.atMs, this.parts.times.waitMaxMs(lane, effect.atMs));
        break;
      case 'mark offset done':
        this.progress.markDone(effect.offset);
        break;
    }
  }
}
