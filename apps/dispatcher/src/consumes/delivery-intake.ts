import { type DeliveryEnvelope, deliveriesV1 } from '@hookstile/contracts';
import type { ReceivedRecord } from '@hookstile/messaging';
import type { Logger } from 'pino';
import type { JournalHistory } from '../journal/journal-history.js';
import { advanceMark, isReplay, type Marks } from '../journal/marks.js';
import type { LaneRunner } from '../lanes/lane-runner.js';

export interface IntakeOptions {
  runner: LaneRunner;
  history: JournalHistory;
  /** Offsets whose delivery is a row already. */
  rows: ReadonlySet<number>;
  /** The marks as of where the runner begins; changed here. */
  marks: Marks;
  logger: Logger;
  nowMs(): number;
  /** The version of an integration that is known, or null. */
  versionOf(integrationId: string): number | null;
  /** Resolves once everything that was acknowledged before is known. */
  catchUp(): Promise<void>;
  /** Asks for the records again from this offset. */
  seek(offset: number): void;
  /** Fetches nothing more of the partition until told otherwise. */
  pause(paused: boolean): void;
}

type Taken = 'taken' | 'wait' | 'stop';

const CATCH_UP_RETRY_DELAY_MS = 500;
/** A broker that is away may never answer; then it is asked anew, and the wait is no silent one. */
const CATCH_UP_TIMEOUT_MS = 5_000;
/** A gap that stays after this many re-reads is one in the log. */
const GAP_REREADS_MAX = 10;

/** Takes the records of one partition in, in order, and gives lanes what is neither a replay nor ended. */
export class DeliveryIntake {
  private waiting: ReceivedRecord[] = [];
  private blocked = false;
  private stopped = false;
  /** Why nothing is taken in, for readiness. */
  private obstacle: string | null = null;
  private rereads = 0;
  /** The offset whose integration was waited for already. */
  private caughtUpFor = -1;

  constructor(private readonly options: IntakeOptions) {}

  get problem(): string | null {
    return this.obstacle;
  }

  push(records: readonly ReceivedRecord[]): void {
    if (this.stopped) return;
    if (this.blocked) this.waiting.push(...records);
    else this.take(records);
  }

  stop(): void {
    this.stopped = true;
    this.waiting = [];
  }

  private take(records: readonly ReceivedRecord[]): void {
    for (const [index, record] of records.entries()) {
      const taken = this.takeOne(record);
      if (taken === 'stop') return;
      if (taken === 'taken') continue;
      this.waiting = [...records.slice(index), ...this.waiting];
      this.blocked = true;
      void this.waitForConfiguration(record.offset);
      return;
    }
  }

  private takeOne(record: ReceivedRecord): Taken {
    const { runner, history, rows, marks, nowMs } = this.options;
    const { offset } = record;
    if (offset < runner.progress.nextOffset) return 'taken';
    if (offset > runner.progress.nextOffset && this.isGap(offset)) return 'stop';
    this.rereads = 0;
    const decoded = deliveriesV1.decode(record);
    if (decoded.outcome === 'unknown-version') return this.stopAt(record, decoded.version);
    if (decoded.outcome === 'malformed') {
      // It names no delivery that could be journaled. Audit reads this topic too and records it as unreadable.
      const { partition } = record;
      this.options.logger.error(
        { partition, offset, detail: decoded.detail },
        'a delivery cannot be read and is skipped',
      );
      runner.skip(offset, null);
      return 'taken';
    }
    const { envelope, bytes } = decoded.value;
    if (this.isAhead(envelope, offset)) return 'wait';
    if (isReplay(marks, envelope)) {
      runner.skip(offset, null);
      return 'taken';
    }
    advanceMark(marks, envelope);
    if (history.ended.has(offset) || rows.has(offset)) {
      runner.skip(offset, envelope);
      return 'taken';
    }
    const next = history.next.get(offset);
    runner.enqueue({
      offset,
      version: envelope.integrationVersion,
      bytes: bytes.length,
      trigger: envelope.trigger,
      arrivedAtMs: nowMs(),
      attempt: next?.attempt ?? 1,
      dueAtMs: next?.dueAtMs ?? null,
      push: next?.push ?? null,
      exhaustedUnder: next?.exhaustedUnder ?? null,
      envelope,
      data: bytes,
    });
    return 'taken';
  }

  /** One that is absent at an end offset read after the wait began was deleted: its lane discards it. */
  private isAhead({ integrationId, integrationVersion }: DeliveryEnvelope, offset: number): boolean {
    if (this.caughtUpFor === offset) return false;
    const version = this.options.versionOf(integrationId);
    return version === null || version < integrationVersion;
  }

  /** The partition is paused meanwhile: what waits here is what was on its way. */
  private async waitForConfiguration(offset: number): Promise<void> {
    const { logger, catchUp, pause } = this.options;
    pause(true);
    while (!this.stopped) {
      try {
        await within(catchUp(), CATCH_UP_TIMEOUT_MS);
        break;
      } catch (error) {
        this.obstacle = `the delivery at ${offset} is ahead of the configuration, which cannot be caught up with`;
        logger.warn({ err: error, offset }, 'the configuration cannot be caught up with');
        await new Promise((resolve) => setTimeout(resolve, CATCH_UP_RETRY_DELAY_MS));
      }
    }
    if (this.stopped) return;
    this.obstacle = null;
    this.caughtUpFor = offset;
    this.blocked = false;
    this.take(this.waiting.splice(0));
    if (!this.blocked && !this.stopped) pause(false);
  }

  /** After a rejoin records can come from further on; they are asked for again from where this stands. */
  private isGap(offset: number): boolean {
    const { runner, logger, seek } = this.options;
    const expected = runner.progress.nextOffset;
    this.rereads += 1;
    if (this.rereads <= GAP_REREADS_MAX) {
      seek(expected);
      return true;
    }
    logger.error({ alarm: 'deliveries_gap', expected, offset }, 'records of deliveries are missing from the log');
    runner.progress.skipTo(offset);
    return false;
  }

  private stopAt({ partition, offset }: ReceivedRecord, version: string): Taken {
    this.options.logger.fatal(
      { alarm: 'deliveries_unreadable', partition, offset, version },
      'a delivery was written by a newer release; its partition stops here',
    );
    this.obstacle = `the delivery at ${offset} was written by a newer release (${version})`;
    this.options.pause(true);
    this.stop();
    return 'stop';
  }
}

function within<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
