import type { AttemptError, DeliveryEnvelope, IntegrationConfiguration } from '@hookstile/contracts';

export interface AttemptInput {
  integration: IntegrationConfiguration;
  deliveries: readonly { envelope: DeliveryEnvelope; data: Buffer }[];
  /** From 1, within the push. */
  attempt: number;
  attemptId: string;
  traceparent: string | null;
  /** Ends the attempt: the service stops or its partition was lost. */
  signal: AbortSignal;
  /** Whether the right to send still holds; asked once more when the request is about to be written. */
  mayBegin(): boolean;
  /** Unix milliseconds. */
  startedAtMs: number;
}

export interface AttemptOutcome {
  outcome: 'succeeded' | 'failed';
  httpStatus: number | null;
  error: AttemptError | null;
  /** The failure in words an admin understands, or null. */
  errorDetail: string | null;
  /** What the receiver asked for by `Retry-After`; not capped. */
  retryAfterMs: number | null;
  durationMs: number;
  traceId: string | null;
  /** False where the same settings cannot give another outcome. */
  retryable: boolean;
  /** As it is recorded: secrets masked, empty bodies where the integration logs no payloads. */
  request: { method: string; url: string; headers: [string, string][]; body: Buffer; truncated: boolean };
  response: { headers: [string, string][]; body: Buffer; truncated: boolean } | null;
}

export interface AttemptMaker {
  /** Makes one HTTP request for a push. Never rejects. */
  make(input: AttemptInput): Promise<AttemptOutcome>;
  /** The integration makes no attempt for a while: what was prepared for it need not be kept. */
  forget(integrationId: string): void;
  /** Ends what is in flight and closes all connections. */
  close(): Promise<void>;
}

export const ATTEMPT_MAKER = Symbol('AttemptMaker');

/** The one of trials: they share no connection, token or place with deliveries. */
export const TRIAL_ATTEMPT_MAKER = Symbol('TrialAttemptMaker');
