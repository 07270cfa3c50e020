import type { CaseName } from './match-cases.ts';

export interface MatchCommand {
  kind: 'run';
  case: CaseName;
  integrations: number;
  dataBytes: number;
  durationMs: number;
}

export interface Matched {
  /** One an event; microseconds. */
  indexedUs: Float64Array;
  /** The same by asking every integration. */
  scannedUs: Float64Array;
  /** Of an event, on average. */
  matches: number;
  /** Until the first event was matched: filters compiled, the list indexed. */
  firstMs: number;
  /** The same after one of the integrations changed. */
  changedMs: number;
}

export type MatchReport = ({ kind: 'done' } & Matched) | { kind: 'failed'; reason: string };
