/** Parent → journal writer. */
export interface JournalPlan {
  brokers: string[];
  tenants: number;
  integrationsOfATenant: number;
  /** Attempts a second, each of a delivery of its own. */
  ratePerSecond: number;
  seconds: number;
  /** Of the request's body. */
  bodyBytes: number;
}

export type JournalCommand = { kind: 'write'; plan: JournalPlan };

/** Journal writer → parent. */
export type JournalReport =
  | { kind: 'progress'; attempts: number }
  | { kind: 'written'; attempts: number; seconds: number }
  | { kind: 'failed'; reason: string };
