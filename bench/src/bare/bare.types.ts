export interface BareRun {
  origin: string;
  connections: number;
  requests: number;
  run: number;
  integrations: number;
  dataBytes: number;
}

/** Parent → bare client. */
export type BareCommand = { kind: 'run'; run: BareRun };

/** Bare client → parent. */
export type BareReport = { kind: 'done'; perSecond: number; cpuMsEach: number } | { kind: 'failed'; reason: string };
