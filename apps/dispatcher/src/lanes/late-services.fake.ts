import type { IntegrationConfiguration, JournalEnvelope } from '@hookstile/contracts';
import { pino } from 'pino';
import type { AttemptInput, AttemptOutcome } from '../attempts/attempt.types.js';
import type { Lane, LaneTurn } from './lane.js';
import type { LaneStore, LaneWrite } from './lane.store.js';
import type { LaneRunner } from './lane-runner.js';
import type { LaneServices } from './lane-services.js';
import { Memory } from './memory.js';
import { Turns } from './turns.js';

const MANY = 1_000;
const AT_A_TIME = 5;
const HELD_MAX_COUNT = 2;
const HELD_MAX_AGE_MS = 100 * 3_600_000;
const SILENT = pino({ level: 'silent' });
const NO_BYTES = Buffer.alloc(0);

export interface Running {
  readonly input: AttemptInput;
  readonly offset: number;
  end(outcome: AttemptOutcome): void;
}

/** What a process has under way, each to be ended by the test; it dies with it. */
export interface Process {
  readonly runner: LaneRunner;
  readonly running: Running[];
  readonly appends: { record: JournalEnvelope; done: (offset: number) => void }[];
  readonly writes: { write: LaneWrite; done: (stored: boolean) => void }[];
  readonly questions: { answer: (fails: boolean) => void }[];
  readonly timers: Map<Lane, { atMs: number; dueMs: number }>;
  readonly laters: { dueMs: number; run: () => void }[];
  readonly memory: Memory;
  readonly awake: { count: number };
  readonly loaded: { bytes: number };
  isAlive: boolean;
}

export function newProcess(): Process {
  return {
    runner: null as never,
    running: [],
    appends: [],
    writes: [],
    questions: [],
    timers: new Map(),
    laters: [],
    memory: new Memory({ maxCount: MANY, maxBytes: MANY * MANY }, () => {}),
    awake: { count: 0 },
    loaded: { bytes: 0 },
    isAlive: true,
  };
}

export interface Surroundings {
  nowMs(): number;
  monotonicMs(): number;
  /** Whether a question gets what was there when it was asked, or when it is answered. */
  findsAtOnce(): boolean;
  make(input: AttemptInput): Promise<AttemptOutcome>;
  appended(record: JournalEnvelope): void;
  integration(id: string): IntegrationConfiguration | undefined;
  heldMaxCount?: number;
}

/** What a partition's lanes share, where nothing happens until a test says so. */
export function lateServices(process: Process, store: LaneStore, surroundings: Surroundings): LaneServices {
  const { nowMs, monotonicMs, findsAtOnce, make, appended, integration } = surroundings;
  const question = <T>(find: () => Promise<T>, failure: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const early = findsAtOnce() ? find() : null;
      process.questions.push({
        answer: (fails) => void (fails ? failure() : (early ?? find())).then(resolve, reject),
      });
    });
  const down = async () => Promise.reject(new Error('Postgres is away'));
  const append = (_: number, { envelope: record }: { envelope: JournalEnvelope }, done: (offset: number) => void) => {
    process.appends.push({ record, done });
    appended(record);
  };
  return {
    clock: { nowMs, monotonicMs },
    random: () => 0,
    logger: SILENT,
    attempts: { make, forget: () => {} },
    journal: { append, appendSoon: append },
    store: new Proxy(store, {
      get:
        (target, name: keyof LaneStore) =>
        (...args: unknown[]) =>
          question(() => (target[name] as (...a: unknown[]) => Promise<unknown>).apply(target, args), down),
    }),
    writer: { add: (write, done) => void process.writes.push({ write, done }) },
    reader: {
      load: (request, done) =>
        void question(
          async () => (await store.load([request]))[0] ?? null,
          async () => null,
        ).then(done),
      look: (name, done) =>
        void question<Parameters<typeof done>[0]>(
          async () => ({ stored: (await store.lanes([name]))[0] ?? null }),
          async () => null,
        ).then(done),
    },
    timers: {
      set: (lane, atMs, waitMaxMs = Number.POSITIVE_INFINITY) => {
        const dueMs = monotonicMs() + Math.min(atMs - nowMs(), waitMaxMs);
        const known = process.timers.get(lane);
        if (known === undefined || known.dueMs > dueMs) process.timers.set(lane, { atMs, dueMs });
      },
      forget: (lane) => void process.timers.delete(lane),
    },
    turns: new Turns<LaneTurn>({ inFlightMax: AT_A_TIME, perTenantMax: AT_A_TIME, perOriginMax: AT_A_TIME }, (turn) =>
      turn.lane.shell.startAttempt(turn),
    ),
    memory: process.memory,
    held: { maxCount: surroundings.heldMaxCount ?? HELD_MAX_COUNT, maxAgeMs: HELD_MAX_AGE_MS },
    loaded: process.loaded,
    awake: process.awake,
    later: (delayMs, run) => void process.laters.push({ dueMs: monotonicMs() + delayMs, run }),
    integration,
    holds: () => process.isAlive,
    sendSignals: () => {},
  };
}

/** How an attempt ended: 200, 500, or by ourselves. */
export function anOutcome(succeeds: boolean, aborted: boolean): AttemptOutcome {
  return {
    outcome: succeeds ? 'succeeded' : 'failed',
    httpStatus: succeeds ? 200 : aborted ? null : 500,
    error: succeeds ? null : aborted ? 'aborted' : 'http_status',
    errorDetail: null,
    retryAfterMs: null,
    // So long that with memory short what waits behind it goes to rows.
    durationMs: 60_000,
    traceId: null,
    retryable: true,
    request: { method: 'POST', url: '', headers: [], body: NO_BYTES, truncated: false },
    response: null,
  };
}
