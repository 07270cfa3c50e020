import { type IntegrationConfiguration, newId } from '@hookstile/contracts';
import {
  answerIdOf,
  type Clock,
  fingerprintOf,
  IDEMPOTENCY_KEY_KEPT_MS,
  type IdempotentRequest,
  type InputError,
  keyInFlight,
  keyReused,
  type Origin,
  ProblemError,
  type RandomBytes,
  within,
} from '@hookstile/service-runtime';
import { instant } from '../read/filters.js';
import { OPEN_RECOVERIES_PER_TENANT_MAX, RATE_DEFAULT_PER_SECOND, RECOVERY_MAX_DELIVERIES } from './recovery.bounds.js';
import type { RecoveryDto } from './recovery.dto.js';
import type { RecoveryStore, Started } from './recovery.store.js';
import type { RecoveryRow, Selection, StartKey } from './recovery.types.js';

const ID_RANDOM_BYTES = 10;
const CATCH_UP_TIMEOUT_MS = 10_000;
const RETRY_AFTER_SECONDS = 10;

export interface RecoveriesOptions {
  store: RecoveryStore;
  configuration: {
    integration(id: string): IntegrationConfiguration | undefined;
    catchUp(): Promise<void>;
  };
  clock: Clock;
  randomBytes: RandomBytes;
}

export interface StartedRecovery {
  recovery: RecoveryRow;
  /** Whether an earlier request with the same key has started it. */
  replayed: boolean;
}

/** Has all of an integration's deliveries of a span of time sent once more that ended in one way. */
export class Recoveries {
  constructor(private readonly options: RecoveriesOptions) {}

  /** How many deliveries would be sent. Rejects with `invalid`, `not_found` or `unavailable`. */
  async count(tenantId: string, input: RecoveryDto): Promise<number> {
    const selection = this.selectionOf(tenantId, input);
    await this.integrationOf(tenantId, input);
    return this.options.store.count(selection);
  }

  /**
   * What the first request with this key started, as it was then; null where there was none.
   * Rejects with `idempotency_key_reused`.
   */
  async startedBefore(tenantId: string, request: IdempotentRequest): Promise<RecoveryRow | null> {
    const key = this.keyOf(request);
    const before = await this.options.store.startedBefore(tenantId, key);
    return before && startedOf(before, key).recovery;
  }

  /**
   * Resolves once it is stored: from then on some process works it. Rejects with `invalid`, `not_found`, `conflict`,
   * `integration_disabled`, `idempotency_key_reused`, `idempotency_key_in_flight` or `unavailable`.
   */
  async start(
    tenantId: string,
    input: RecoveryDto,
    startedBy: Origin,
    request: IdempotentRequest | null,
  ): Promise<StartedRecovery> {
    const selection = this.selectionOf(tenantId, input);
    const integration = await this.integrationOf(tenantId, input);
    if (integration.deleted) throw new ProblemError('conflict', 'the integration was deleted');
    if (integration.state === 'disabled') {
      throw new ProblemError('integration_disabled', 'the integration is disabled; enable it first');
    }
    const { store, clock, randomBytes } = this.options;
    const startedAtMs = clock.nowMs();
    const id = newId('rcv', startedAtMs, randomBytes(ID_RANDOM_BYTES));
    const ratePerSecond = input.ratePerSecond ?? RATE_DEFAULT_PER_SECOND;
    const key = request && this.keyOf(request);
    return startedOf(await store.start({ id, ...selection, ratePerSecond, startedAtMs, startedBy }, key), key);
  }

  private keyOf(request: IdempotentRequest): StartKey {
    return {
      id: answerIdOf(request.scope, request.key),
      fingerprint: fingerprintOf(request, request.key),
      expiredMs: this.options.clock.nowMs() - IDEMPOTENCY_KEY_KEPT_MS,
    };
  }

  /** Behind the barrier, so that who has enabled an integration can recover at once. */
  private async integrationOf(tenantId: string, { integrationId }: RecoveryDto): Promise<IntegrationConfiguration> {
    const { configuration } = this.options;
    const late = () => new ProblemError('unavailable', 'the configuration cannot be read');
    await within(configuration.catchUp(), CATCH_UP_TIMEOUT_MS, late);
    const integration = configuration.integration(integrationId);
    if (integration?.tenantId === tenantId) return integration;
    throw new ProblemError('not_found', 'there is no such integration');
  }

  private selectionOf(tenantId: string, { integrationId, since, until, status }: RecoveryDto): Selection {
    const sinceMs = instant(since) ?? Number.NaN;
    const untilMs = until === undefined ? this.options.clock.nowMs() : (instant(until) ?? Number.NaN);
    if (!(sinceMs < untilMs)) throw invalid('/since', 'is_before', 'since must be before until');
    return { tenantId, integrationId, sinceMs, untilMs, selected: status ?? 'failed' };
  }
}

function startedOf(started: Started, key: StartKey | null): StartedRecovery {
  switch (started.outcome) {
    case 'started':
      return { recovery: started.recovery, replayed: false };
    case 'started-before':
      if (started.fingerprint !== key?.fingerprint) throw keyReused();
      return { recovery: asStarted(started.recovery), replayed: true };
    case 'in-flight':
      throw keyInFlight();
    case 'running':
      throw new ProblemError('conflict', `a recovery of this integration is running: ${started.id}`);
    case 'too-many-of-tenant':
      throw new ProblemError('conflict', `no more than ${OPEN_RECOVERIES_PER_TENANT_MAX} recoveries at a time`);
    case 'too-many-deliveries': {
      const detail = `more than ${RECOVERY_MAX_DELIVERIES} deliveries; ask for a shorter time`;
      throw invalid('/since', 'too_many_deliveries', detail);
    }
    case 'too-many':
      throw new ProblemError('unavailable', 'too many recoveries are running', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
  }
}

/** A repeated request gets the first one's answer, and not what has become of it. */
function asStarted(row: RecoveryRow): RecoveryRow {
  const counts = { queued: 0, expired: 0, delivered: 0, failed: 0, discarded: 0 };
  return { ...row, ...counts, status: 'running', reason: null, finishedAtMs: null, stoppedBy: null };
}

function invalid(pointer: string, code: string, detail: string): ProblemError {
  const errors: InputError[] = [{ pointer, code, detail }];
  return new ProblemError('invalid', `${pointer}: ${detail}`, { errors });
}
