import { deliveriesV1 } from '@hookstile/contracts';
import type { ReceivedRecord } from '@hookstile/messaging';
import type { Logger } from 'pino';
import type { JournalHistory } from '../journal/journal-history.js';
import { nameBytesOf } from '../journal/journal-records.js';
import { advanceMark, isReplay, type Marks } from '../journal/marks.js';
import type { LaneDelivery } from '../lanes/lane.store.js';
import type { LaneRunner } from '../lanes/lane-runner.js';
import { AheadDeliveries, type AheadOptions } from './ahead-deliveries.js';
import { GAP_LOOK_RETRY_DELAY_MS, GAP_REREADS_MAX } from './intake.bounds.js';

export interface IntakeOptions extends Pick<AheadOptions, 'logger' | 'memory' | 'partition' | 'versionOf' | 'catchUp'> {
  runner: LaneRunner;
  history: JournalHistory;
  /** Offsets whose delivery is a row already. */
  rows: ReadonlySet<number>;
  /** The marks as of where the runner begins; changed here. */
  marks: Marks;
  logger: Logger;
  nowMs(): number;
  /** Whether the log holds this offset; rejects while the broker does not say. */
  isInLog(offset: number): Promise<boolean>;
  /** Asks for the records again from this offset. */
  seek(offset: number): void;
  /** Fetches nothing more of the partition until told otherwise. */
  pause(paused: boolean): void;
}

type Taken = 'taken' | 'wait' | 'stop';

/** Takes the records of one partition in, in order, and gives lanes what is neither a replay nor ended. */
export class DeliveryIntake {
  private readonly ahead: AheadDeliveries;
  /** What came while there was no room for more that is ahead. */
  private waiting: ReceivedRecord[] = [];
  private blocked = false;
  private looking = false;
  private stopped = false;
  /** Why nothing more is taken in, for readiness. */
  private obstacle: string | null = null;
  private rereads = 0;

  constructor(private readonly options: IntakeOptions) {
    this.ahead = new AheadDeliveries({
      ...options,
      release: (item) => options.runner.enqueueTracked(item),
      onRoom: () => this.unblock(),
    });
  }

  get problem(): string | null {
    return this.obstacle ?? this.ahead.problem;
  }

  push(records: readonly ReceivedRecord[]): void {
    if (this.stopped || this.looking || this.obstacle !== null) return;
    if (this.blocked) this.waiting.push(...records);
    else this.take(records);
  }

  stop(): void {
    this.stopped = true;
    this.waiting = [];
    this.ahead.stop();
  }

  private take(records: readonly ReceivedRecord[]): void {
    for (const [index, record] of records.entries()) {
      const taken = this.takeOne(record);
      if (taken === 'stop') return;
      if (taken === 'taken') continue;
      this.waiting = [...records.slice(index), ...this.waiting];
      this.blocked = true;
      this.options.pause(true);
      return;
    }
  }

  private takeOne(record: ReceivedRecord): Taken {
    const { runner, history, rows, marks, nowMs } = this.options;
    const { offset } = record;
    if (offset < runner.progress.nextOffset) return 'taken';
    if (offset > runner.progress.nextOffset) {
      this.askAgain();
      return 'stop';
    }
    this.rereads = 0;
    const decoded = deliveriesV1.decode(record);
    if (decoded.outcome === 'unknown-version') return this.stopAtNewer(record, decoded.version);
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
    if (isReplay(marks, envelope)) {
      runner.skip(offset, null);
      return 'taken';
    }
    const isAhead = this.ahead.isAhead(envelope.integrationId, envelope.integrationVersion);
    if (isAhead && this.ahead.isFull) return 'wait';
    advanceMark(marks, envelope);
    if (history.ended.has(offset) || rows.has(offset)) {
      runner.skip(offset, envelope);
      return 'taken';
    }
    const next = history.next.get(offset);
    this.give(isAhead, {
      offset,
      version: envelope.integrationVersion,
      bytes: bytes.length,
      nameBytes: nameBytesOf(envelope),
      trigger: envelope.trigger,
      arrivedAtMs: nowMs(),
      attempt: next?.attempt ?? 1,
      dueAtMs: next?.dueAtMs ?? null,
      push: next?.push ?? null,
      pushEnd: next?.pushEnd ?? null,
      exhaustedUnder: next?.exhaustedUnder ?? null,
      envelope,
      data: bytes,
    });
    return 'taken';
  }

  private give(isAhead: boolean, item: LaneDelivery): void {
    const { runner } = this.options;
    if (!isAhead) runner.enqueue(item);
    else if (runner.progress.track(item.offset, item.envelope)) this.ahead.hold(item);
  }

  private unblock(): void {
    if (this.stopped || !this.blocked) return;
    this.blocked = false;
    this.take(this.waiting.splice(0));
    if (!this.blocked && this.obstacle === null) this.options.pause(false);
  }

  /**
   * Records came from further on than where this stands, as after a rejoin: they are asked for again. Deliveries are
   * neither compacted nor written in transactions, so that their offsets have no gaps; what the log does not hold was
   * deleted unread, and to go on behind it would lose it in silence.
   */
  private askAgain(): void {
    const { runner, seek } = this.options;
    this.rereads += 1;
    if (this.rereads <= GAP_REREADS_MAX) seek(runner.progress.nextOffset);
    else void this.lookForNext();
  }

  private async lookForNext(): Promise<void> {
    const { runner, logger, isInLog, seek } = this.options;
    const { nextOffset } = runner.progress;
    this.looking = true;
    while (!this.stopped) {
      try {
        if (await isInLog(nextOffset)) break;
        this.stopWith('deliveries_gap', `the log does not hold the delivery at ${nextOffset}, which was not read yet`, {
          offset: nextOffset,
        });
        break;
      } catch (error) {
        logger.warn({ err: error, offset: nextOffset }, 'the log cannot be looked at');
        await new Promise((resolve) => setTimeout(resolve, GAP_LOOK_RETRY_DELAY_MS));
      }
    }
    this.looking = false;
    if (this.stopped || this.obstacle !== null) return;
    this.rereads = 0;
    seek(nextOffset);
  }

  private stopAtNewer({ offset }: ReceivedRecord, version: string): Taken {
    const problem = `the delivery at ${offset} was written by a newer release (${version})`;
    this.stopWith('deliveries_unreadable', problem, { offset, version });
    return 'stop';
  }

  /** Nothing more is taken in; what was goes on, and with it the lanes. */
  private stopWith(alarm: string, problem: string, where: object): void {
    const { runner, logger, pause } = this.options;
    if (this.stopped) return;
    const { partition } = runner.fence;
    logger.fatal({ alarm, partition, ...where }, `${problem}; its partition stops here`);
    this.obstacle = problem;
    this.waiting = [];
    pause(true);
  }
}
