import type { Logger } from 'pino';
import type { LaneDelivery, LaneName, LaneStore, LoadRequest, StoredLane } from './lane.store.js';

/** Lanes of one query. */
const LOAD_BATCH_MAX_LANES = 50;
const LOOK_BATCH_MAX_LANES = 200;

/** Collects questions while one is in flight and asks them together. */
class Batches<Q, A> {
  private queue: { question: Q; done: (answer: A | null) => void }[] = [];
  private asking = false;

  constructor(
    private readonly maxCount: number,
    private readonly answer: (questions: readonly Q[]) => Promise<readonly A[]>,
    private readonly logger: Logger,
  ) {}

  ask(question: Q, done: (answer: A | null) => void): void {
    this.queue.push({ question, done });
    if (this.asking) return;
    this.asking = true;
    setImmediate(() => void this.askAll());
  }

  private async askAll(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, this.maxCount);
      const answers = await this.find(batch.map(({ question }) => question));
      for (const [index, { done }] of batch.entries()) done(answers?.[index] ?? null);
    }
    this.asking = false;
  }

  private async find(questions: readonly Q[]): Promise<readonly A[] | null> {
    try {
      return await this.answer(questions);
    } catch (error) {
      this.logger.warn({ err: error, lanes: questions.length }, 'lane rows could not be read');
      return null;
    }
  }
}

/** Reads lanes, many with one query. */
export class RowReader {
  private readonly loads: Batches<LoadRequest, readonly LaneDelivery[]>;
  private readonly looks: Batches<LaneName, { stored: StoredLane | null }>;

  constructor(store: LaneStore, logger: Logger) {
    this.loads = new Batches(LOAD_BATCH_MAX_LANES, (requests) => store.load(requests), logger);
    this.looks = new Batches(
      LOOK_BATCH_MAX_LANES,
      async (names) => (await store.lanes(names)).map((stored) => ({ stored })),
      logger,
    );
  }

  /** `done` gets the rows, or null where they could not be read. */
  load(request: LoadRequest, done: (items: readonly LaneDelivery[] | null) => void): void {
    this.loads.ask(request, done);
  }

  /** `done` gets what is stored of a lane, or null where it could not be read. */
  look(name: LaneName, done: (found: { stored: StoredLane | null } | null) => void): void {
    this.looks.ask(name, done);
  }
}
