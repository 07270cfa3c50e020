/**
 * How an integration's endpoint meets a request: `answer` 200; `slow` books it and answers 200 after `SLOW_ANSWER_MS`;
 * `hang` never answers; `fail` answers 503.
 */
export type Behaviour = 'answer' | 'slow' | 'hang' | 'fail';

/** Below the attempts' timeout of 15 s, so that it succeeds. */
export const SLOW_ANSWER_MS = 14_000;

/** Parent → receiver. */
export type ReceiveCommand =
  | { kind: 'configure'; integrations: number; streams: number }
  /** Integrations that are not named answer. What was kept waiting is answered, or cut where it hung. */
  | { kind: 'behave'; behaviours: [integration: number, behaviour: Behaviour][] }
  /** Whether the second port refuses connections. */
  | { kind: 'refuse'; refuse: boolean }
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
  | { kind: 'listening'; port: number; fragilePort: number; nodePort: number }
  | { kind: 'behaving' }
  | { kind: 'progress'; count: number }
  | { kind: 'ended'; count: number; received: Received[]; faults: Faults };
