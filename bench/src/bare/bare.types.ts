/** `request`: undici's documented API, the answer's body read. `dispatch`: the raw one beneath it, with a handler. */
export type BareApi = 'request' | 'dispatch';

export interface BareRun {
  api: BareApi;
  origin: string;
  connections: number;
  /** Of the measured part. */
  seconds: number;
  run: number;
  integrations: number;
  dataBytes: number;
}

/** Parent → bare client. */
export type BareCommand = { kind: 'run'; run: BareRun };

/** Bare client → parent. */
export type BareReport = { kind: 'done'; perSecond: number; cpuMsEach: number } | { kind: 'failed'; reason: string };
