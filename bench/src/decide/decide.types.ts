/** Parent → hook: listens. At `/hang/…` it never answers, anywhere else at once. */
export interface HookCommand {
  kind: 'listen';
}

export type HookReport = { kind: 'listening'; port: number } | { kind: 'failed'; reason: string };

export interface DecideRun {
  host: string;
  port: number;
  key: string;
  /** Asked in turn. */
  ruleIds: string[];
  /** Kept-alive connections, each with one question at a time. */
  connections: number;
  /** Null: as many as are answered. */
  ratePerSecond: number | null;
  /** Not measured: connections are made and code is compiled. */
  settleMs: number;
  durationMs: number;
}

export interface DecideCommand {
  kind: 'run';
  run: DecideRun;
}

export interface Decided {
  /** One a decision, from when it was due to be asked for until its answer; milliseconds. */
  latenciesMs: Float64Array;
  /** How many of each code; of answers other than 200 by their status. */
  codes: Record<string, number>;
  perSecond: number;
}

export type DecideReport = ({ kind: 'done' } & Decided) | { kind: 'failed'; reason: string };
