/** What a slow connection does; each begins anew when it is closed. */
export const SLOW_KINDS = ['half a head', 'a slow body', "a stranger's body", 'idle'] as const;
export type SlowKind = (typeof SLOW_KINDS)[number];

export interface SlowPlan {
  host: string;
  port: number;
  /** Of the tenant whose bodies are slow. */
  key: string;
  /** In equal parts of each kind. */
  connections: number;
}

/** Parent → the process that holds slow connections. */
export type SlowCommand = { kind: 'open'; plan: SlowPlan } | { kind: 'count' };

/** Open at this moment, and closed by the server so far. */
export type SlowReport =
  | { kind: 'opened'; open: number }
  | { kind: 'counted'; open: number; closed: number }
  | { kind: 'failed'; reason: string };
