import type { RecordPublisher } from '@hookstile/messaging';
import type { Logger } from 'pino';
import type { RecordedTrial } from '../trials/trial-record.js';
import { AttemptsPublisher } from './attempts.publisher.js';

export interface TrialsPublisherOptions {
  publisher: RecordPublisher;
  /** Of the journal. */
  topic: string;
  logger: Logger;
  /** Trials that may wait to be written. */
  waitingMax: number;
}

/** Writes trials beside the journals of the partitions' owners, on a connection of its own: they wait for none of them. */
export class TrialsPublisher {
  readonly #journal: AttemptsPublisher;
  #waiting = 0;

  constructor(private readonly options: TrialsPublisherOptions) {
    this.#journal = new AttemptsPublisher(options.publisher, options.topic, options.logger);
  }

  /** So many wait to be written that none more may be made. */
  get isFull(): boolean {
    return this.#waiting >= this.options.waitingMax;
  }

  /** Queues at once and resolves when it is written; never rejects. */
  record(partition: number, record: RecordedTrial): Promise<void> {
    this.#waiting += 1;
    return new Promise((resolve) => {
      this.#journal.append(partition, record, () => {
        this.#waiting -= 1;
        resolve();
      });
    });
  }

  close(timeoutMs: number): Promise<void> {
    return this.options.publisher.close(timeoutMs);
  }
}
