import { type IntegrationConfiguration, newId } from '@hookstile/contracts';
import {
  type Clock,
  type InputError,
  type Origin,
  ProblemError,
  type RandomBytes,
  within,
} from '@hookstile/service-runtime';
import { instant } from '../read/filters.js';
import { OPEN_RECOVERIES_PER_TENANT_MAX, RATE_DEFAULT_PER_SECOND, RECOVERY_MAX_DELIVERIES } from './recovery.bounds.js';
import type { RecoveryDto } from './recovery.dto.js';
import type { RecoveryStore, Started } from './recovery.store.js';
import type { RecoveryRow, Selection } from './recovery.types.js';

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

/** Has all of an integration's deliveries of a span of time sent once more that ended in one way. */
export class Recoveries {
  constructor(private readonly options: RecoveriesOptions) {}

  /** How many deliveries would be sent. Rejects with `invalid`. */
  async count(tenantId: string, input: RecoveryDto): Promise<number> {
    await this.integrationOf(tenantId, input);
    return this.options.store.count(this.selectionOf(tenantId, input));
  }

  /**
   * Resolves once it is stored: from then on some process works it.
   * Rejects with `invalid`, `conflict`, `integration_disabled` or `unavailable`.
   */
  async start(tenantId: string, input: RecoveryDto, startedBy: Origin): Promise<RecoveryRow> {
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
    return startedOf(await store.start({ id, ...selection, ratePerSecond, startedAtMs, startedBy }));
  }

  /** Behind the barrier, so that who has enabled an integration can recover at once. */
  private async integrationOf(tenantId: string, { integrationId }: RecoveryDto): Promise<IntegrationConfiguration> {
    const { configuration } = this.options;
    const late = () => new ProblemError('unavailable', 'the configuration cannot be read');
    await within(configuration.catchUp(), CATCH_UP_TIMEOUT_MS, late);
    const integration = configuration.integration(integrationId);
    if (integration?.tenantId === tenantId) return integration;
    throw invalid('/integrationId', 'unknown', 'there is no such integration');
  }

  private selectionOf(tenantId: string, { integrationId, since, until, status }: RecoveryDto): Selection {
    const sinceMs = instant(since) ?? Number.NaN;
    const untilMs = until === undefined ? this.options.clock.nowMs() : (instant(until) ?? Number.NaN);
    if (!(sinceMs < untilMs)) throw invalid('/since', 'is_before', 'since must be before until');
    return { tenantId, integrationId, sinceMs, untilMs, selected: status ?? 'failed' };
  }
}

function startedOf(started: Started): RecoveryRow {
  switch (started.outcome) {
    case 'started':
      return started.recovery;
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

function invalid(pointer: string, code: string, detail: string): ProblemError {
  const errors: InputError[] = [{ pointer, code, detail }];
  return new ProblemError('invalid', `${pointer}: ${detail}`, { errors });
}
