/** Everything that the oracle looks at, gathered after a scenario has come to rest. All times are Unix milliseconds. */
export interface Evidence {
  integrations: readonly TestedIntegration[];
  /** In each sender's order, which is the order that the tenant's events were appended in. */
  accepted: readonly AcceptedEvent[];
  /** In order of arrival. */
  requests: readonly SeenRequest[];
  /** In each partition's order. */
  journal: readonly JournalEntry[];
  /** Where new owners of partitions began. */
  markers: readonly EpochMarker[];
  /** Audit's view. */
  deliveries: readonly DeliveryView[];
  attempts: readonly AttemptView[];
  /** What audit says of events: their outcomes, several where an id was sent again. */
  events: readonly EventView[];
  /** The dispatcher's counts. */
  runs: readonly StoredRun[];
  /** When a process that made attempts died or stood still; empty where all went in order. */
  faults: readonly Fault[];
}

export interface TestedIntegration {
  id: string;
  tenantId: string;
  /** Names it in findings. */
  name: string;
  disableAfter: number | null;
}

export interface AcceptedEvent {
  tenantId: string;
  eventId: string;
  /** Its place among the tenant's events. */
  n: number;
}

export interface SeenRequest {
  integrationId: string;
  deliveryId: string;
  n: number;
  arrivedAtMs: number;
  /** When the answer was out, or the connection had gone. */
  endedAtMs: number;
  /** Null: the connection went before the answer. */
  status: number | null;
}

export interface JournalEntry {
  partition: number;
  offset: number;
  integrationId: string;
  deliveryId: string;
  attemptId: string;
  epoch: number;
  sequence: number;
  attempt: number;
  atMs: number;
  durationMs: number;
  outcome: 'succeeded' | 'failed';
  error: string | null;
  /** What became of the delivery. */
  push: 'delivered' | 'failed' | 'pending';
  enablement: number;
  consecutiveFailures: number;
}

export interface EpochMarker {
  partition: number;
  offset: number;
  epoch: number;
  atMs: number;
}

export interface DeliveryView {
  id: string;
  integrationId: string;
  eventId: string;
  status: 'pending' | 'delivered' | 'failed' | 'held' | 'discarded';
}

export interface AttemptView {
  deliveryId: string;
  epoch: number;
  attempt: number;
  late: boolean;
}

export interface EventView {
  tenantId: string;
  eventId: string;
  outcome: string;
}

export interface StoredRun {
  integrationId: string;
  enablement: number;
  consecutiveFailures: number;
  stopped: string | null;
}

export interface Fault {
  name: string;
  /** Attempts that ran at some time in between may have no acknowledged outcome. */
  fromMs: number;
  toMs: number;
}

/** What one rule found wrong, in words that name the delivery or the integration. */
export interface Finding {
  rule: string;
  what: string;
}

export type Rule = (evidence: Evidence) => string[];
