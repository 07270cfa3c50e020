import { type Decision, decisionsV1, partitionOf } from '@hookstile/contracts';
import { MessagingError, type RecordPublisher } from '@hookstile/messaging';
import type { Logger } from 'pino';

export interface DecisionsPublisherOptions {
  publisher: RecordPublisher;
  topic: string;
  partitionCount: number;
  logger: Logger;
  /** Decisions that may wait to be written. */
  waitingMax: number;
}

/** Records every decision for audit. */
export class DecisionsPublisher {
  constructor(private readonly options: DecisionsPublisherOptions) {}

  /** So many wait to be written that none more may be made. */
  get isFull(): boolean {
    return this.options.publisher.pending >= this.options.waitingMax;
  }

  /**
   * Queues at once and resolves when it is written. Rejects with `publisher_full` (retryable) or `publisher_closed`;
   * then it will not be.
   */
  async record(decision: Decision): Promise<void> {
    const { publisher, topic, partitionCount, logger } = this.options;
    const partition = partitionOf(decision.ruleId, partitionCount);
    try {
      await publisher.publish([{ ...decisionsV1.encode(decision.ruleId, decision), topic, partition }]);
    } catch (error) {
      const code = error instanceof MessagingError ? error.code : null;
      logger.error({ err: error, code, decisionId: decision.id }, 'a decision could not be recorded');
      throw error;
    }
  }

  close(timeoutMs: number): Promise<void> {
    return this.options.publisher.close(timeoutMs);
  }
}
