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
  /** A connection's next request is due so long after the one before; 0: as soon as that is answered. */
  everyMs: number;
  /** What an answer 429 is: the end of the press, or one more that was refused. */
  refusals: 'fail' | 'count';
}

export type PressCommand = { kind: 'press'; plan: PressPlan };

/** Presser → parent: what was accepted within the time. */
export type PressReport =
  | { kind: 'pressed'; events: number; refused: number; seconds: number; answeredMs: Float64Array }
  | { kind: 'failed'; reason: string };
