/** Of every event that is pressed. */
export const PRESSED_TYPE = 'bench.press';

/** Parent → presser. */
export interface PressPlan {
  host: string;
  port: number;
  key: string;
  /** Each sends its next request as soon as the one before is answered. */
  connections: number;
  seconds: number;
  dataBytes: number;
  /** Events a request; 1 = one by one, as plain JSON, else as CloudEvents' batch. */
  eventsARequest: number;
}

export type PressCommand = { kind: 'press'; plan: PressPlan };

/** Presser → parent: what was accepted within the time. */
export type PressReport =
  | { kind: 'pressed'; events: number; seconds: number; answeredMs: Float64Array }
  | { kind: 'failed'; reason: string };
