import { attemptIdOf } from '@hookstile/contracts';
import type { AttemptOutcome } from '../attempts/attempt.types.js';
import { logAttempt } from './attempt-log.js';
import { foldAttempt } from './failure-run.js';
import type { GateEffects } from './integration-gate.js';
import type { EndedAttempt, Lane, LanedIntegration, LaneTurn } from './lane.js';
import type { Fence, LaneDelivery } from './lane.store.js';
import type { LaneInput, Push } from './lane.types.js';
import type { LaneServices } from './lane-services.js';
import { pushVerdict } from './retry-policy.js';

/** How much of the mean the last attempt is. */
const MEAN_WEIGHT = 0.2;

type Judged = Pick<EndedAttempt, 'verdict' | 'sequence' | 'run' | 'counted' | 'signals'>;

export interface LaneAttemptsOptions {
  fence: Fence;
  services: LaneServices;
  isOurs(): boolean;
  give(lane: Lane, input: LaneInput<LaneDelivery>): void;
  /** The integration was stopped: none of its lanes may start anything. */
  onStopped(integration: LanedIntegration): void;
}

/** Makes the attempts of a partition's lanes, each at its turn, under the lease. */
export class LaneAttempts {
  private abort = new AbortController();
  private readonly running = new Set<LaneTurn>();
  private readonly awaitingLease: LaneTurn[] = [];
  private closing = false;

  constructor(private readonly options: LaneAttemptsOptions) {}

  private get nowMs(): number {
    return this.options.services.clock.monotonicMs();
  }

  get count(): number {
    return this.running.size;
  }

  request(lane: Lane, items: Push<LaneDelivery>): void {
    const { tenantId, origin } = lane.integration;
    lane.turn = { tenantId, origin, lane, items };
    if (!this.closing) lane.integration.gate.request(lane.turn, this.nowMs);
  }

  /** Carries out what the gates of integrations let through. */
  readonly gateEffects: GateEffects<LaneTurn> = {
    pass: (turn) => this.options.services.turns.request(turn),
    wakeIn: (gate, delayMs) => {
      this.options.services.later(Math.ceil(delayMs), () => {
        if (this.options.isOurs() && !this.closing) gate.woken(this.nowMs);
      });
    },
  };

  /** Takes back a turn that has not come; the lane is told where it was stopped. */
  withdraw(lane: Lane): boolean {
    const { turn } = lane;
    if (turn === null || this.running.has(turn)) return false;
    const { gate } = lane.integration;
    if (!gate.withdraw(turn)) {
      const waiting = this.awaitingLease.indexOf(turn);
      if (waiting >= 0) this.awaitingLease.splice(waiting, 1);
      else if (!this.options.services.turns.withdraw(turn)) return false;
      // Before others are let through: the lane does not wait for this any more.
      lane.turn = null;
      gate.dismiss(turn, this.nowMs);
    }
    lane.turn = null;
    return true;
  }

  /**
   * The lease ran out: nothing starts, what runs is aborted. Not before what has come by now was read: a process that
   * stood still finds the deadline passed before it finds the answers that came meanwhile, and would make them again.
   */
  suspend(): void {
    const { abort } = this;
    this.abort = new AbortController();
    this.options.services.later(0, () => abort.abort());
  }

  resume(): void {
    for (const turn of this.awaitingLease.splice(0)) this.options.services.turns.request(turn);
  }

  /** Starts nothing more. */
  close(): void {
    this.closing = true;
  }

  abortAll(): void {
    this.abort.abort();
  }

  /** Its turn has come. */
  start(turn: LaneTurn): void {
    const { services, fence } = this.options;
    const [first] = turn.items;
    const configuration = services.integration(first.envelope.integrationId);
    if (!this.options.isOurs() || this.closing || configuration === undefined) {
      services.turns.release(turn);
      return;
    }
    if (!services.holds(fence.partition)) {
      services.turns.release(turn);
      this.awaitingLease.push(turn);
      return;
    }
    if (!turn.lane.integration.gate.begin(turn, this.nowMs)) {
      services.turns.release(turn);
      return;
    }
    this.running.add(turn);
    const startedAtMs = services.clock.nowMs();
    const attemptId = attemptIdOf(
      first.envelope.deliveryId,
      fence.epoch,
      first.attempt,
      first.envelope.trigger === 'event' ? 0 : first.offset,
    );
    services.attempts
      .make({
        integration: configuration,
        deliveries: turn.items,
        attempt: first.attempt,
        attemptId,
        traceparent: first.envelope.traceparent,
        signal: this.abort.signal,
        mayBegin: () => this.options.isOurs() && services.holds(fence.partition),
        startedAtMs,
      })
      .then((outcome) => this.ended(turn, attemptId, startedAtMs, outcome));
  }

  private ended(turn: LaneTurn, attemptId: string, startedAtMs: number, outcome: AttemptOutcome): void {
    const { services, fence, give, onStopped } = this.options;
    this.running.delete(turn);
    const { lane, items } = turn;
    if (!this.options.isOurs()) {
      services.turns.release(turn);
      return;
    }
    lane.turn = null;
    const { integration } = lane;
    const meanMs = integration.meanAttemptMs ?? outcome.durationMs;
    integration.meanAttemptMs = meanMs + (outcome.durationMs - meanMs) * MEAN_WEIGHT;
    const endedAtMs = services.clock.nowMs();
    const { verdict, sequence, run, counted, signals } = this.judged(turn, outcome, endedAtMs);
    lane.ended = { attemptId, startedAtMs, outcome, verdict, sequence, run, counted, signals };
    const storedMs = typeof verdict === 'object' ? (verdict?.dueAtMs ?? null) : null;
    if (storedMs !== null) lane.due = { storedMs, firstMs: storedMs, monotonicMs: this.nowMs + storedMs - endedAtMs };
    logAttempt(services.logger, fence, lane, items, lane.ended);
    if (counted) integration.gate.hold();
    if (signals.includes('disable-requested')) onStopped(integration);
    // Only now: a place that is free may begin another attempt of the integration.
    services.turns.release(turn);
    integration.gate.end(turn, this.nowMs);
    give(lane, { kind: 'attempt ended', result: verdict ?? 'aborted', counted });
  }

  /** What becomes of the push, and of the integration's counts. */
  private judged({ lane, items }: LaneTurn, outcome: AttemptOutcome, endedAtMs: number): Judged {
    const { integration } = lane;
    const { configuration } = integration;
    integration.sequence += 1;
    const { sequence, run: before } = integration;
    if (outcome.error === 'aborted' || configuration === null) {
      return { verdict: null, sequence, run: before, counted: false, signals: [] };
    }
    const { httpStatus, retryable, retryAfterMs } = outcome;
    const [{ attempt }] = items;
    const { version: integrationVersion } = configuration;
    const verdict = pushVerdict(
      configuration.settings.retry,
      { attempt, outcome: outcome.outcome, httpStatus, retryable, retryAfterMs, endedAtMs, integrationVersion },
      this.options.services.random,
    );
    const folded = { verdict, httpStatus, endedAtMs, sequence };
    const { run, counted, signals } = foldAttempt(before, folded, configuration);
    integration.run = run;
    return { verdict, sequence, run, counted, signals };
  }
}
