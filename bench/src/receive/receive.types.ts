/** Parent → receiver. */
export type ReceiveCommand =
  | { kind: 'configure'; integrations: number; streams: number }
  | { kind: 'begin'; run: number }
  | { kind: 'end' };

/** What one integration received of one stream, by the events' numbers. */
export interface Received {
  integration: number;
  stream: number;
  atMs: Float64Array;
}

/** What came otherwise than exactly once and in order. */
export interface Faults {
  /** A number that had been received before. */
  repeated: number;
  /** A number above the next one: something was skipped or overtaken. */
  outOfOrder: number;
  /** Of another run, or not an event of this load at all. */
  foreign: number;
  /** The first of them in words. */
  first: string | null;
}

/** Receiver → parent. */
export type ReceiveReport =
  | { kind: 'listening'; port: number }
  | { kind: 'progress'; count: number }
  | { kind: 'ended'; count: number; received: Received[]; faults: Faults };
