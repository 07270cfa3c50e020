import { attemptIdOf, type DeliveryEnvelope, type IntegrationSignal } from '@hookstile/contracts';
import type { AttemptOutcome } from '../attempts/attempt.types.js';
import { JournalNeeds } from '../journal/journal-needs.js';
import { attemptRecord, type JournalContext, setAsideRecord } from '../journal/journal-records.js';
import { advanceMark, type Marks } from '../journal/marks.js';
import { type FailureRun, foldAttempt, noFailures, underEnablement } from './failure-run.js';
import { tendHeld } from './held-tending.js';
import { LANE_DRAIN_MAX_MS, LOAD_RETRY_DELAY_MS, SEQUENCES_AN_EPOCH, STORE_RETRY_DELAY_MS } from './lane.bounds.js';
import { beginLane, decideLane } from './lane.decider.js';
import {
  type EndedAttempt,
  type Lane,
  type LanedIntegration,
  type LaneTurn,
  originOf,
  permissionOf,
  STRICT_LANE_KEY,
} from './lane.js';
import type { Fence, LaneDelivery, StoredLane } from './lane.store.js';
import type { LaneEffect, LaneInput } from './lane.types.js';
import type { LaneServices } from './lane-services.js';
import { OffsetTracker } from './offset-tracker.js';
import { type PushVerdict, pushVerdict } from './retry-policy.js';

/** A delivery's place in `deliveries` until all below it, and it, ended or are rows. */
interface Tracked {
  readonly envelope: DeliveryEnvelope | null;
  needs: number[] | null;
}

export interface RunnerBeginning {
  readonly deliveriesOffset: number;
  readonly journalOffset: number;
  readonly marks: Marks;
  readonly runs: ReadonlyMap<string, FailureRun>;
  readonly lanes: readonly StoredLane[];
  /** The last offset that the journal's history speaks of, or -1. */
  readonly historyThrough: number;
}

type Input = LaneInput<LaneDelivery>;
type Effect = LaneEffect<LaneDelivery>;

/** The shell around the lanes of one owned partition: gives the decider its inputs, and carries its effects out. */
export class LaneRunner {
  readonly tracker: OffsetTracker<Tracked>;
  private readonly needs: JournalNeeds;
  /** As of the tracker's low-water mark. */
  private readonly settledMarks: Marks;
  private readonly integrations = new Map<string, LanedIntegration>();
  private readonly runs: Map<string, FailureRun>;
  private abort = new AbortController();
  private readonly awaitingLease: LaneTurn[] = [];
  private readonly running = new Set<LaneTurn>();
  private ended = false;
  private closing = false;
  /** The journal offset whose acknowledgement is being applied. */
  private currentNeed: number | null = null;

  constructor(
    readonly fence: Fence,
    private readonly services: LaneServices,
    private readonly beginning: RunnerBeginning,
  ) {
    this.tracker = new OffsetTracker<Tracked>(beginning.deliveriesOffset, (note, offset) => this.passed(note, offset));
    this.needs = new JournalNeeds(beginning.journalOffset);
    this.needs.open(beginning.journalOffset, beginning.historyThrough >= beginning.deliveriesOffset ? 1 : 0);
    this.settledMarks = new Map(beginning.marks);
    this.runs = new Map(beginning.runs);
  }

  /** Brings back the lanes that have rows. */
  begin(): void {
    for (const stored of this.beginning.lanes) {
      const lane = this.laneOf(stored.name.integrationId, stored);
      this.give(lane, { kind: 'timer fired', nowMs: this.services.clock.nowMs() });
    }
  }

  get lanes(): Lane[] {
    return [...this.integrations.values()].flatMap((integration) => [...integration.lanes.values()]);
  }

  lanesOf(integrationId: string): Lane[] {
    return [...(this.integrations.get(integrationId)?.lanes.values() ?? [])];
  }

  /** From where a successor must read, at this moment. */
  checkpoint() {
    return {
      epoch: this.fence.epoch,
      deliveriesOffset: this.tracker.lowWater,
      journalOffset: this.needs.floor,
      marks: new Map(this.settledMarks),
    };
  }

  /** A record that needs nothing: a replay, one that ended, one that cannot be read. */
  skip(offset: number, envelope: DeliveryEnvelope | null): void {
    if (this.tracker.track(offset, { envelope, needs: null })) this.tracker.done(offset);
  }

  enqueue(item: LaneDelivery): void {
    if (!this.tracker.track(item.offset, { envelope: item.envelope, needs: null })) return;
    const lane = this.laneOf(item.envelope.integrationId, null);
    if (lane.integration.tenantId === '') lane.integration.tenantId = item.envelope.event.tenantId;
    this.give(lane, { kind: 'enqueued', items: [item] });
  }

  integrationChanged(integrationId: string): void {
    const integration = this.integrations.get(integrationId);
    if (integration === undefined) return;
    const configuration = this.services.integration(integrationId) ?? null;
    integration.configuration = configuration;
    integration.origin = originOf(configuration);
    if (configuration) integration.run = underEnablement(integration.run, configuration.enablement);
    this.tellLanes(integration);
  }

  /** With the memory of all short, lanes that are slow go to rows, so that they do not hold up the others. */
  relieveMemory(slowAttemptMs: number): void {
    for (const lane of this.lanes) {
      const { meanAttemptMs, state } = lane;
      const drainMs = state.queue.length * meanAttemptMs;
      if (meanAttemptMs > slowAttemptMs && drainMs > LANE_DRAIN_MAX_MS) this.give(lane, { kind: 'memory short' });
    }
  }

  /** The lease ran out: nothing starts, what runs is aborted. */
  suspend(): void {
    this.abort.abort();
    this.abort = new AbortController();
  }

  resume(): void {
    for (const turn of this.awaitingLease.splice(0)) this.services.turns.request(turn);
  }

  /** Another owner has the partition: forgets everything. */
  lose(): void {
    this.ended = true;
    this.abort.abort();
    for (const lane of this.lanes) {
      if (lane.turn && !this.running.has(lane.turn)) this.services.turns.withdraw(lane.turn);
      this.services.memory.change(-lane.state.queue.length, -lane.state.queueBytes);
      lane.state = decideLane(lane.state, { kind: 'lease lost' }).state;
    }
    this.integrations.clear();
  }

  /** Starts nothing more; `isQuiet` tells when what ran has ended and stands in the journal. */
  close(): void {
    this.closing = true;
    for (const { turn } of this.lanes) if (turn && !this.running.has(turn)) this.services.turns.withdraw(turn);
  }

  abortAttempts(): void {
    this.abort.abort();
  }

  get isQuiet(): boolean {
    return this.running.size === 0 && this.lanes.every(({ state }) => state.outcomes.length === 0);
  }

  get attemptsRunning(): number {
    return this.running.size;
  }

  give(lane: Lane, input: Input): void {
    if (this.ended) return;
    const before = lane.state;
    const { state, effects } = decideLane(before, input);
    lane.state = state;
    const count = state.queue.length - before.queue.length;
    if (count !== 0) this.services.memory.change(count, state.queueBytes - before.queueBytes);
    for (const effect of effects) this.carryOut(lane, effect);
  }

  /** Its turn has come. */
  startAttempt(turn: LaneTurn): void {
    const { services, fence } = this;
    const { lane, item } = turn;
    const configuration = services.integration(item.envelope.integrationId);
    if (this.ended || this.closing || configuration === undefined) return services.turns.release(turn);
    if (!services.holds(fence.partition)) {
      services.turns.release(turn);
      this.awaitingLease.push(turn);
      return;
    }
    this.running.add(turn);
    const startedAtMs = services.clock.nowMs();
    const attemptId = attemptIdOf(item.envelope.deliveryId, fence.epoch, item.attempt);
    services.attempts
      .make({
        integration: configuration,
        deliveries: [item],
        attempt: item.attempt,
        attemptId,
        traceparent: item.envelope.traceparent,
        signal: this.abort.signal,
        startedAtMs,
      })
      .then((outcome) => this.attemptEnded(turn, attemptId, startedAtMs, outcome));
    lane.turn = turn;
  }

  private attemptEnded(turn: LaneTurn, attemptId: string, startedAtMs: number, outcome: AttemptOutcome): void {
    this.running.delete(turn);
    this.services.turns.release(turn);
    const { lane, item } = turn;
    if (this.ended) return;
    lane.turn = null;
    lane.meanAttemptMs = lane.meanAttemptMs * 0.8 + outcome.durationMs * 0.2;
    const { integration } = lane;
    const { configuration } = integration;
    const endedAtMs = this.services.clock.nowMs();
    const aborted = outcome.error === 'aborted';
    const verdict: PushVerdict | null =
      aborted || configuration === null
        ? null
        : pushVerdict(configuration.settings.retry, { ...outcome, attempt: item.attempt, endedAtMs });
    integration.sequence += 1;
    const { sequence } = integration;
    const folded =
      verdict === null || configuration === null
        ? { run: integration.run, counted: false, signals: [] }
        : foldAttempt(integration.run, { verdict, httpStatus: outcome.httpStatus, endedAtMs, sequence }, configuration);
    integration.run = folded.run;
    lane.ended = { attemptId, startedAtMs, outcome, verdict, sequence, ...folded };
    this.log(lane, item, lane.ended);
    if (folded.signals.includes('disable-requested')) this.tellLanes(integration);
    this.give(lane, { kind: 'attempt ended', result: verdict ?? 'aborted', counted: folded.counted });
  }

  /** One wide line an attempt: a failure at info, a success at debug, for at full rate the lines cost more than the attempts. */
  private log(lane: Lane, item: LaneDelivery, { attemptId, outcome, verdict, run }: EndedAttempt): void {
    const level = outcome.outcome === 'failed' ? 'info' : 'debug';
    if (!this.services.logger.isLevelEnabled(level)) return;
    const { envelope } = item;
    this.services.logger[level](
      {
        tenantId: lane.integration.tenantId,
        integrationId: envelope.integrationId,
        deliveryId: envelope.deliveryId,
        eventId: envelope.event.id,
        eventType: envelope.event.type,
        attemptId,
        attempt: item.attempt,
        trigger: envelope.trigger,
        outcome: outcome.outcome,
        push: typeof verdict === 'string' ? verdict : 'pending',
        httpStatus: outcome.httpStatus,
        error: outcome.error,
        errorDetail: outcome.errorDetail,
        durationMs: Math.round(outcome.durationMs),
        consecutiveFailures: run.consecutiveFailures,
        nextAttemptAtMs: typeof verdict === 'object' ? verdict?.dueAtMs : null,
        traceId: outcome.traceId,
        partition: this.fence.partition,
        epoch: this.fence.epoch,
        lane: lane.state.phase,
      },
      'attempt',
    );
  }

  private tellLanes(integration: LanedIntegration): void {
    const permission = permissionOf(integration.configuration, integration.run);
    const discardBefore = integration.configuration?.discardBefore ?? 0;
    for (const lane of integration.lanes.values()) {
      this.give(lane, { kind: 'integration changed', permission, discardBefore });
      if (permission !== 'send') this.withdraw(lane);
    }
  }

  private withdraw(lane: Lane): void {
    const { turn } = lane;
    if (turn === null || this.running.has(turn)) return;
    const waiting = this.awaitingLease.indexOf(turn);
    if (waiting >= 0) this.awaitingLease.splice(waiting, 1);
    else if (!this.services.turns.withdraw(turn)) return;
    lane.turn = null;
    this.give(lane, { kind: 'attempt withdrawn' });
  }

  private carryOut(lane: Lane, effect: Effect): void {
    switch (effect.kind) {
      case 'start attempt':
        lane.turn = { tenantId: lane.integration.tenantId, origin: lane.integration.origin, lane, item: effect.item };
        if (!this.closing) this.services.turns.request(lane.turn);
        return;
      case 'journal':
        if (effect.what === 'attempt') this.journalAttempt(lane, effect.outcome, effect.item);
        else this.journalDiscarded(lane, effect.outcome, effect.items);
        return;
      case 'park rows':
        return this.park(lane, effect);
      case 'load rows':
        return this.load(lane, effect.after, effect.limit);
      case 'delete rows':
        return this.deleteRows(lane, effect.offsets);
      case 'tend held':
        return void this.tend(lane, effect.after);
      case 'set timer':
        return this.services.timers.set(lane, effect.atMs);
      case 'mark offset done':
        return this.markDone(effect.offset);
    }
  }

  private contextOf(lane: Lane, sequence: number): JournalContext {
    const { tenantId, id: integrationId } = lane.integration;
    return { tenantId, integrationId, epoch: this.fence.epoch, sequence };
  }

  private journalAttempt(lane: Lane, outcome: number, item: LaneDelivery): void {
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
    this.services.journal.append(this.fence.partition, record, (offset) => {
      if (this.ended) return;
      this.needs.open(offset, 1);
      if (ended.counted) this.fold(lane, ended, () => this.acknowledge(lane, outcome, offset, item.offset));
      else this.acknowledge(lane, outcome, offset, item.offset);
    });
  }

  /** Journal first, then the counts: the run's row with its signals, before the integration's next attempt. */
  private fold(lane: Lane, ended: EndedAttempt, then: () => void): void {
    const { id: integrationId, tenantId } = lane.integration;
    const signals = ended.signals.map(
      (type): IntegrationSignal => ({
        type,
        tenantId,
        integrationId,
        enablement: ended.run.enablement,
        reason: type === 'disable-requested' ? ended.run.stopped : null,
        consecutiveFailures: ended.run.consecutiveFailures,
        sequence: ended.sequence,
        at: new Date(this.services.clock.nowMs()).toISOString(),
        traceparent: null,
      }),
    );
    this.services.writer.add({ kind: 'run', fence: this.fence, integrationId, run: ended.run, signals }, () => {
      this.services.sendSignals(this.fence, signals);
      then();
    });
  }

  private journalDiscarded(lane: Lane, outcome: number, items: readonly LaneDelivery[]): void {
    const reason = lane.state.permission === 'discard' ? 'integration_deleted' : 'backlog_discarded';
    this.journalAside(lane, 'discarded', items, reason, (offset) => {
      this.needs.open(offset, 1);
      this.acknowledge(lane, outcome, offset, null);
    });
  }

  /** Records deliveries as held or discarded; calls back with the record's offset, unless the lease is lost before. */
  journalAside(
    lane: Lane,
    kind: 'held' | 'discarded',
    deliveries: readonly { envelope: DeliveryEnvelope; offset: number }[],
    reason: string,
    onAcknowledged: (offset: number) => void,
  ): void {
    lane.integration.sequence += 1;
    const context = this.contextOf(lane, lane.integration.sequence);
    const envelope = setAsideRecord(kind, context, deliveries, reason, this.services.clock.nowMs());
    this.services.journal.append(this.fence.partition, { envelope, bytes: Buffer.alloc(0) }, (offset) => {
      if (!this.ended) onAcknowledged(offset);
    });
  }

  private acknowledge(lane: Lane, outcome: number, journalOffset: number, attempted: number | null): void {
    if (this.ended) return;
    const pending = lane.state.outcomes.some(({ id, ends }) => id === outcome && ends === null);
    this.currentNeed = journalOffset;
    this.give(lane, { kind: 'outcome acknowledged', outcome });
    this.currentNeed = null;
    if (pending && attempted !== null) this.needUntilStored(lane, journalOffset, attempted);
    this.needs.release(journalOffset);
  }

  /** The journal alone knows of the failed attempt, until a row says what comes next. */
  private needUntilStored(lane: Lane, journalOffset: number, attempted: number): void {
    this.needs.add(journalOffset);
    const note = this.tracker.noteOf(attempted);
    if (note) note.needs = [...(note.needs ?? []), journalOffset];
    else lane.needsAtStore.push(journalOffset);
  }

  private markDone(offset: number): void {
    const note = this.tracker.noteOf(offset);
    if (note && this.currentNeed !== null) {
      this.needs.add(this.currentNeed);
      if (note.needs === null) note.needs = [this.currentNeed];
      else note.needs.push(this.currentNeed);
    }
    this.tracker.done(offset);
  }

  private passed({ envelope, needs }: Tracked, offset: number): void {
    if (envelope) advanceMark(this.settledMarks, envelope);
    if (needs) for (const need of needs) this.needs.release(need);
    if (offset === this.beginning.historyThrough) this.needs.release(this.beginning.journalOffset);
  }

  private park(lane: Lane, { insert, update }: Extract<Effect, { kind: 'park rows' }>): void {
    const { writer, clock } = this.services;
    const needs = lane.needsAtStore;
    lane.needsAtStore = [];
    const write = {
      kind: 'park',
      fence: this.fence,
      lane: lane.name,
      insert,
      update,
      storedAtMs: clock.nowMs(),
    } as const;
    writer.add(write, (stored) => {
      if (stored) for (const need of needs) this.needs.release(need);
      else lane.needsAtStore.push(...needs);
      if (stored) this.give(lane, { kind: 'rows stored' });
      else this.give(lane, { kind: 'rows failed', retryAtMs: clock.nowMs() + STORE_RETRY_DELAY_MS });
    });
  }

  private load(lane: Lane, after: number, limit: number): void {
    this.services.reader.load({ lane: lane.name, after, limit }, (items) => {
      if (items) this.give(lane, { kind: 'rows loaded', items });
      else this.give(lane, { kind: 'load failed', retryAtMs: this.services.clock.nowMs() + LOAD_RETRY_DELAY_MS });
    });
  }

  private deleteRows(lane: Lane, offsets: readonly number[]): void {
    const need = this.currentNeed;
    if (need !== null) this.needs.add(need);
    this.services.writer.add({ kind: 'delete', fence: this.fence, lane: lane.name, offsets }, () => {
      if (need !== null) this.needs.release(need);
    });
  }

  private async tend(lane: Lane, after: number): Promise<void> {
    const tended = await tendHeld(this, this.services, lane, after);
    this.give(lane, { kind: 'held tended', ...tended });
  }

  /** Journal records that are written outside the decider's outcomes are needed until `release` is called. */
  need(journalOffset: number): () => void {
    this.needs.open(journalOffset, 1);
    return () => this.needs.release(journalOffset);
  }

  private laneOf(integrationId: string, stored: StoredLane | null): Lane {
    const integration = this.integrations.get(integrationId) ?? this.newIntegration(integrationId);
    const key = stored?.name.key ?? STRICT_LANE_KEY;
    const known = integration.lanes.get(key);
    if (known) return known;
    const lane: Lane = {
      name: { partition: this.fence.partition, integrationId, key },
      integration,
      runner: this,
      state: beginLane<LaneDelivery>({
        permission: permissionOf(integration.configuration, integration.run),
        discardBefore: integration.configuration?.discardBefore ?? 0,
        rows: stored?.rows ?? 0,
        firstRow: stored?.first ?? null,
      }),
      turn: null,
      ended: null,
      needsAtStore: [],
      meanAttemptMs: 0,
    };
    integration.lanes.set(key, lane);
    return lane;
  }

  private newIntegration(id: string): LanedIntegration {
    const configuration = this.services.integration(id) ?? null;
    const enablement = configuration?.enablement ?? 0;
    const run = underEnablement(this.runs.get(id) ?? noFailures(enablement), enablement);
    const integration: LanedIntegration = {
      id,
      lanes: new Map(),
      tenantId: configuration?.tenantId ?? '',
      run,
      sequence: this.fence.epoch * SEQUENCES_AN_EPOCH,
      configuration,
      origin: originOf(configuration),
    };
    this.integrations.set(id, integration);
    return integration;
  }
}
