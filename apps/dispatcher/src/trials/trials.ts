import { attemptIdOf, type IntegrationConfiguration, newId, partitionOf } from '@hookstile/contracts';
import {
  type AttemptWithBodies,
  type Clock,
  type ConfigurationProjection,
  type Logger,
  type PayloadMask,
  ProblemError,
  type RandomBytes,
  within,
} from '@hookstile/service-runtime';
import type { AttemptMaker } from '../attempts/attempt.types.js';
import { newestOwnIntegration } from '../consumes/own-integration.js';
import type { TrialsPublisher } from '../publishes/trials.publisher.js';
import { BARRIER_WAIT_MAX_MS, RECORD_WAIT_MAX_MS, RETRY_AFTER_S, TRIAL_TIMEOUT_MAX_MS } from './trial.bounds.js';
import { trialDeliveryOf } from './trial-delivery.js';
import { type RecordedTrial, trialRecordOf, trialViewOf } from './trial-record.js';
import type { TrialTurns } from './trial-turns.js';

const ID_RANDOM_BYTES = 10;
const NO_EPOCH = 0;
const FIRST_ATTEMPT = 1;

export interface TrialParts {
  projection: Pick<ConfigurationProjection, 'integration' | 'eventType' | 'catchUp' | 'checkHealth'>;
  attempts: AttemptMaker;
  turns: TrialTurns;
  records: TrialsPublisher;
  partitionCount: number;
  clock: Clock;
  randomBytes: RandomBytes;
  logger: Logger;
  /** Takes secrets out of what is shown. */
  mask: PayloadMask;
  /** Ends what is in flight. */
  signal: AbortSignal;
}

export interface TrialRequest {
  tenantId: string;
  traceparent: string;
  integrationId: string;
  eventType: string | null;
}

const unavailable = (detail: string) => new ProblemError('unavailable', detail, { retryAfterSeconds: RETRY_AFTER_S });

/** Makes one real attempt at an integration's webhook for whoever asks, outside of its lanes, counts and state. */
export class Trials {
  constructor(private readonly parts: TrialParts) {}

  /** Rejects with a problem: `not_found`, `rate_limited`, or `unavailable` beyond the bounds. */
  async make(request: TrialRequest): Promise<AttemptWithBodies> {
    const { projection, records, turns, signal } = this.parts;
    if (signal.aborted) throw unavailable('this process is stopping');
    if (records.isFull) throw unavailable('tests cannot be recorded at present');
    const { tenantId, integrationId } = request;
    const integration = await newestOwnIntegration(projection, tenantId, integrationId, BARRIER_WAIT_MAX_MS);
    return turns.during(tenantId, () => this.attempt(integration, request));
  }

  private async attempt(integration: IntegrationConfiguration, request: TrialRequest): Promise<AttemptWithBodies> {
    const { attempts, projection, clock, randomBytes, signal } = this.parts;
    const nowMs = clock.nowMs();
    const delivery = trialDeliveryOf({
      integration,
      eventType: request.eventType,
      typeOf: (type) => projection.eventType(integration.tenantId, type),
      eventId: newId('evt', nowMs, randomBytes(ID_RANDOM_BYTES)),
      nowMs,
    });
    const attemptId = attemptIdOf(delivery.envelope.deliveryId, NO_EPOCH, FIRST_ATTEMPT);
    const outcome = await attempts.make({
      integration: forTrial(integration),
      deliveries: [delivery],
      attempt: FIRST_ATTEMPT,
      attemptId,
      traceparent: request.traceparent,
      signal,
      mayBegin: () => !signal.aborted,
      startedAtMs: nowMs,
    });
    const recorded = trialRecordOf({ integration, delivery, attemptId, startedAtMs: nowMs, outcome });
    await this.record(recorded);
    return trialViewOf(recorded, outcome, this.parts.mask);
  }

  /** Waits for the acknowledgement; where it is late, the answer is given and the record stays queued. */
  private async record(recorded: RecordedTrial): Promise<void> {
    const { records, partitionCount, logger } = this.parts;
    const { tenantId, integrationId, attemptId, outcome, httpStatus, error, durationMs } = recorded.envelope;
    logger.info({ tenantId, integrationId, attemptId, outcome, httpStatus, error, durationMs }, 'trial');
    const written = records.record(partitionOf(integrationId, partitionCount), recorded);
    await within(written, RECORD_WAIT_MAX_MS, () => new Error('late')).catch(() => undefined);
  }
}

/** Who tests sees the bodies, whatever is logged; what waits for longer than a gateway does helps nobody. */
function forTrial(integration: IntegrationConfiguration): IntegrationConfiguration {
  const { settings } = integration;
  const timeoutMs = Math.min(settings.request.timeoutMs, TRIAL_TIMEOUT_MAX_MS);
  return {
    ...integration,
    settings: { ...settings, logPayloads: 'full', request: { ...settings.request, timeoutMs } },
  };
}
