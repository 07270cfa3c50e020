import { MessagingError } from '@hookstile/messaging';
import type { Clock } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import type { DeliveriesConsumer } from '../consumes/deliveries.consumer.js';
import { DeliveryIntake } from '../consumes/delivery-intake.js';
import type { Checkpoint } from '../journal/checkpoint.js';
import type { JournalHistory } from '../journal/journal-history.js';
import type { Fence } from '../lanes/lane.store.js';
import { LaneRunner } from '../lanes/lane-runner.js';
import type { LaneServices } from '../lanes/lane-services.js';
import type { LeaseTaken } from './lease.store.js';
import { type TakenOver, type TakeoverOptions, takeOver, UnreadableLogError } from './takeover.js';

const TAKEOVER_RETRY_DELAY_MS = 1_000;
/** How long attempts of a partition that another member gets may go on. */
const HANDOVER_MAX_MS = 5_000;
const QUIET_POLL_MS = 10;
/** What was aborted still has to be journaled. */
const ABORT_GRACE_MS = 2_000;

export interface OwnedPartitionsOptions {
  takeover: TakeoverOptions;
  lanes: LaneServices;
  consumer(): DeliveriesConsumer;
  clock: Clock;
  logger: Logger;
  catchUp(): Promise<void>;
  /** Checkpoints and lets go of leases. */
  release(partitions: readonly number[]): Promise<void>;
  onTakenOver(durationMs: number): void;
}

interface Owned {
  fence: Fence;
  /** Null until it is taken over. */
  runner: LaneRunner | null;
  intake: DeliveryIntake | null;
  written: Checkpoint | null;
  /** When the stored checkpoint was last known to say all; monotonic. */
  currentAtMs: number;
  /** It is on its way to another owner. */
  closing: boolean;
  /** Why it is not taken over yet, or stands still. */
  obstacle: string | null;
}

/** The partitions whose lease this process has, from the takeover to the release. */
export class OwnedPartitions {
  private readonly owned = new Map<number, Owned>();

  constructor(private readonly options: OwnedPartitionsOptions) {}

  get runners(): LaneRunner[] {
    return [...this.owned.values()].flatMap(({ runner }) => (runner ? [runner] : []));
  }

  runnerOf(partition: number): LaneRunner | null {
    return this.owned.get(partition)?.runner ?? null;
  }

  /** Also those that are being taken over. */
  get all(): number[] {
    return [...this.owned.keys()];
  }

  /** What keeps partitions from being worked on, in words for an operator. */
  get problems(): string[] {
    return [...this.owned].flatMap(([partition, { obstacle, intake }]) => {
      const problem = obstacle ?? intake?.problem ?? null;
      return problem === null ? [] : [`partition ${partition}: ${problem}`];
    });
  }

  take(taken: LeaseTaken): void {
    const { partition, epoch } = taken;
    const written = taken.checkpoint === 'unreadable' ? null : taken.checkpoint;
    const fence = { partition, epoch };
    const currentAtMs = this.options.clock.monotonicMs();
    this.owned.set(partition, {
      fence,
      runner: null,
      intake: null,
      written,
      currentAtMs,
      closing: false,
      obstacle: null,
    });
    void this.begin(taken);
  }

  lose(partition: number): void {
    const owned = this.owned.get(partition);
    if (owned === undefined) return;
    this.options.logger.warn({ ...owned.fence }, 'lost the lease of a partition');
    this.owned.delete(partition);
    this.options.consumer().deactivate(partition);
    owned.runner?.lose();
  }

  /** A checkpoint that says more than the stored one, or null. */
  checkpointOf(partition: number): Checkpoint | null {
    const owned = this.owned.get(partition);
    const checkpoint = owned?.runner?.checkpoint();
    if (owned === undefined || checkpoint === undefined) return null;
    const { written } = owned;
    const isNews =
      written === null ||
      written.epoch !== checkpoint.epoch ||
      written.deliveriesOffset !== checkpoint.deliveriesOffset ||
      written.journalOffset !== checkpoint.journalOffset;
    if (!isNews) owned.currentAtMs = this.options.clock.monotonicMs();
    return isNews ? checkpoint : null;
  }

  /** Of the partitions that are worked on. */
  get checkpointAgesMs(): ReadonlyMap<number, number> {
    const nowMs = this.options.clock.monotonicMs();
    const ages = [...this.owned].filter(([, { runner }]) => runner !== null);
    return new Map(ages.map(([partition, { currentAtMs }]) => [partition, nowMs - currentAtMs]));
  }

  wasWritten(checkpoints: ReadonlyMap<number, Checkpoint>): void {
    for (const [partition, checkpoint] of checkpoints) {
      const owned = this.owned.get(partition);
      if (owned?.fence.epoch !== checkpoint.epoch) continue;
      owned.written = checkpoint;
      owned.currentAtMs = this.options.clock.monotonicMs();
    }
  }

  /** Another member of the group gets these: what runs may end, then they are released. */
  async handOver(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) this.options.consumer().deactivate(partition);
    await this.close(partitions, HANDOVER_MAX_MS);
  }

  /** Lets attempts end, aborts them at the deadline, waits for the journal, checkpoints, and releases. */
  async close(partitions: readonly number[], timeoutMs: number): Promise<void> {
    const closed = new Map(partitions.map((partition) => [partition, this.owned.get(partition)]));
    for (const owned of closed.values()) if (owned) owned.closing = true;
    const runners = partitions.flatMap((partition) => this.runnerOf(partition) ?? []);
    for (const runner of runners) runner.close();
    if (!(await this.quiet(runners, timeoutMs))) {
      for (const runner of runners) runner.abortAttempts();
      await this.quiet(runners, ABORT_GRACE_MS);
    }
    await this.options.release(partitions.filter((partition) => this.owned.has(partition)));
    // By now a partition can be taken anew, in another epoch.
    for (const [partition, owned] of closed) {
      owned?.runner?.lose();
      if (this.owned.get(partition) === owned) this.owned.delete(partition);
    }
  }

  closeAll(timeoutMs: number): Promise<void> {
    return this.close([...this.owned.keys()], timeoutMs);
  }

  private async quiet(runners: readonly LaneRunner[], timeoutMs: number): Promise<boolean> {
    const untilMs = this.options.clock.monotonicMs() + timeoutMs;
    while (!runners.every((runner) => runner.isQuiet)) {
      if (this.options.clock.monotonicMs() >= untilMs) return false;
      await new Promise((resolve) => setTimeout(resolve, QUIET_POLL_MS));
    }
    return true;
  }

  private async begin(taken: LeaseTaken): Promise<void> {
    const { logger, takeover } = this.options;
    const { partition, epoch } = taken;
    const owned = this.owned.get(partition);
    if (owned === undefined) return;
    const startedAtMs = this.options.clock.monotonicMs();
    const isOurs = () => this.owned.get(partition) === owned && !owned.closing;
    while (isOurs()) {
      try {
        const takenOver = await takeOver(takeover, taken);
        if (!isOurs()) return;
        this.activate(taken, takenOver);
        this.options.onTakenOver(this.options.clock.monotonicMs() - startedAtMs);
        return;
      } catch (error) {
        if (error instanceof UnreadableLogError) {
          logger.fatal(
            { alarm: error.code, partition, err: error },
            'a partition cannot be taken over and stands still',
          );
          owned.obstacle = error.message;
          return;
        }
        // Where the consumer refused it, its lanes must not go on beside those of the next try.
        owned.runner?.lose();
        owned.runner = null;
        owned.obstacle = 'it could not be taken over yet';
        logger.warn({ partition, epoch, err: error }, 'a partition could not be taken over yet');
        await new Promise((resolve) => setTimeout(resolve, TAKEOVER_RETRY_DELAY_MS));
      }
    }
  }

  private activate({ partition, epoch }: LeaseTaken, takenOver: TakenOver): void {
    const { lanes, logger, catchUp, takeover } = this.options;
    const { checkpoint, history, runs } = takenOver;
    const owned = this.owned.get(partition);
    if (owned === undefined) return;
    const runner = new LaneRunner(owned.fence, lanes, {
      deliveriesOffset: checkpoint.deliveriesOffset,
      journalOffset: checkpoint.journalOffset,
      journalEpoch: checkpoint.journalEpoch,
      marks: checkpoint.marks,
      runs,
      rows: takenOver.stored,
      next: history.next,
      historyThrough: lastOffset(history),
    });
    owned.runner = runner;
    owned.obstacle = null;
    runner.begin();
    if (takenOver.signals.length > 0) lanes.sendSignals(owned.fence, takenOver.signals);
    logger.debug(
      { partition, epoch, ended: history.ended.size, integrations: takenOver.stored.size },
      'partition taken over',
    );
    const consumer = this.options.consumer();
    const intake = new DeliveryIntake({
      runner,
      history,
      rows: takenOver.rows,
      marks: new Map(checkpoint.marks),
      logger,
      nowMs: () => this.options.clock.nowMs(),
      versionOf: (integrationId) => lanes.integration(integrationId)?.version ?? null,
      catchUp,
      memory: lanes.memory,
      partition,
      isInLog: (offset) => isInLog(takeover, partition, offset),
      seek: (offset) => consumer.seek(partition, offset),
      pause: (paused) => consumer.block(partition, paused),
    });
    owned.intake = intake;
    consumer.activate(partition, intake, checkpoint.deliveriesOffset);
  }
}

async function isInLog({ messaging, topics }: TakeoverOptions, partition: number, offset: number): Promise<boolean> {
  let found = false;
  try {
    await messaging.readRange({
      topic: topics.deliveries,
      partition,
      from: offset,
      to: offset + 1,
      onRecords: () => {
        found = true;
      },
    });
  } catch (error) {
    if (error instanceof MessagingError && error.code === 'offset_out_of_range') return false;
    throw error;
  }
  return found;
}

function lastOffset({ ended, next }: JournalHistory): number {
  let last = -1;
  for (const offset of ended.keys()) last = Math.max(last, offset);
  for (const offset of next.keys()) last = Math.max(last, offset);
  return last;
}
