export interface LoadSettings {
  host: string;
  port: number;
  key: string;
  /** Event types are `bench.<integration>`. */
  integrations: number;
  /** Streams an integration; a stream's global number is `integration × streams + stream`. */
  streams: number;
  dataBytes: number;
}

export interface LoadRun {
  /** Which run the events belong to; a part of their ids and data. */
  run: number;
  durationMs: number;
  /** Events a second over all streams; null: as fast as answers and the window allow. */
  ratePerSecond: number | null;
  /** So many events go first, as fast as answers allow; the rate and the time begin after them. */
  backlog: number;
  /** Events accepted and not yet delivered beyond which none is sent. */
  window: number;
  /** Deliveries that one event makes. */
  deliveriesPerEvent: number;
  /** The one type that all integrations take. */
  fanOut: boolean;
}

/** Parent → load generator. */
export type LoadCommand =
  | { kind: 'configure'; settings: LoadSettings }
  | { kind: 'run'; run: LoadRun }
  | { kind: 'delivered'; count: number }
  /** Ends the run before its time. */
  | { kind: 'finish' };

/** Times of a stream's events by their number: Unix milliseconds with fractions. */
export interface StreamTimes {
  sentMs: Float64Array;
  acceptedMs: Float64Array;
}

/** Load generator → parent. */
export type LoadReport =
  | { kind: 'configured' }
  /** The backlog was accepted. */
  | { kind: 'backlog sent' }
  | { kind: 'finished'; accepted: number; streams: StreamTimes[] }
  | { kind: 'failed'; reason: string };
