/** Everything that the oracle looks at, gathered after a scenario has come to rest. All times are Unix milliseconds of the one wall clock that the services read too. */
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
  /** What was changed of integrations meanwhile, in order. */
  changes: readonly Change[];
  /** When a process that made attempts died or stood still; empty where all went in order. */
  faults: readonly Fault[];
}

export interface TestedIntegration {
  id: string;
  tenantId: string;
  /** Names it in findings. */
  name: string;
  disableAfter: number | null;
  ordering: 'strict' | 'by-key' | 'unordered';
}

export interface Change {
  integrationId: string;
  to: 'enabled' | 'disabled' | 'deleted' | 'moved';
  /** Where to: what receivers tell addresses apart by. */
  address?: number;
  askedAtMs: number;
  acknowledgedAtMs: number;
  /** Events from this number on were sent after the change was acknowledged. */
  laterFrom: number;
}

export interface AcceptedEvent {
  tenantId: string;
  eventId: string;
  /** Its place among the tenant's events. */
  n: number;
}

export interface SeenRequest {
  integrationId: string;
  /** The `webhook-id`: of a batch its first delivery's. */
  deliveryId: string;
  /** The event's number; of a batch its first. */
  n: number;
  /** The numbers of all events in it, in their order. */
  members: readonly number[];
  /** Which of the integration's addresses it came to. */
  address: number;
  /** The header of this name, which each attempt has of its own. */
  traceparent: string;
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
  /** Of a batch its first delivery. */
  deliveryId: string;
  members: readonly string[];
  attemptId: string;
  /** As the request went out with. */
  traceparent: string;
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
