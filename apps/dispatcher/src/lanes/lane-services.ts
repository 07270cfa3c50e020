import type { IntegrationConfiguration, IntegrationSignal } from '@hookstile/contracts';
import type { Clock } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import type { AttemptMaker } from '../attempts/attempt.types.js';
import type { AttemptsPublisher } from '../publishes/attempts.publisher.js';
import type { Lane, LaneTurn } from './lane.js';
import type { Fence, LaneStore } from './lane.store.js';
import type { Memory } from './memory.js';
import type { RowReader } from './row-reader.js';
import type { RowWriter } from './row-writer.js';
import type { Timers } from './timers.js';
import type { Turns } from './turns.js';

export interface HeldBounds {
  maxCount: number;
  maxAgeMs: number;
}

/** What the lanes of all partitions of a process share. */
export interface LaneServices {
  readonly clock: Clock;
  /** From 0, below 1. */
  random(): number;
  readonly logger: Logger;
  readonly attempts: Pick<AttemptMaker, 'make' | 'forget'>;
  readonly journal: Pick<AttemptsPublisher, 'append' | 'appendSoon'>;
  readonly store: LaneStore;
  readonly writer: Pick<RowWriter, 'add'>;
  readonly reader: Pick<RowReader, 'load' | 'look'>;
  readonly timers: Pick<Timers<Lane>, 'set' | 'forget'>;
  readonly turns: Turns<LaneTurn>;
  readonly memory: Memory;
  readonly held: HeldBounds;
  /** Bytes of rows that were read ahead, over all partitions. */
  readonly loaded: { bytes: number };
  /** Lanes in memory that were woken, over all partitions. */
  readonly awake: { count: number };
  /** Runs it once, so much later; of no delay: once what has come by now was read. */
  later(delayMs: number, run: () => void): void;
  integration(id: string): IntegrationConfiguration | undefined;
  /** Whether the partition's lease is held at this moment. */
  holds(partition: number): boolean;
  /** Publishes what a committed write has put into the outbox. */
  sendSignals(fence: Fence, signals: readonly IntegrationSignal[]): void;
}
