import { attemptsV1, type JournalEnvelope, type JournalRecord } from '@hookstile/contracts';
import { MessagingError, type RecordPublisher } from '@hookstile/messaging';
import type { Logger } from 'pino';

/** The most records handed to the publisher in one call. */
const BATCH_MAX_RECORDS = 1_000;
const RETRY_DELAY_MS = 100;
/** How long an outcome may wait for company, and how much of it is enough (docs/adr/0017). */
const LINGER_MS = 10;
const LINGER_MAX_RECORDS = 64;

interface Queued {
  record: JournalRecord;
  partition: number;
  onAcknowledged: (offset: number) => void;
}

const EPOCH_KEY = 'epoch';

function keyOf(envelope: JournalEnvelope): string {
  return envelope.kind === 'epoch' ? EPOCH_KEY : envelope.integrationId;
}

/** Writes the journal in order, collecting while a request is in flight. Nothing is given up: what fails is tried again first. */
export class AttemptsPublisher {
  private queue: Queued[] = [];
  private flushing = false;
  /** Something in the queue is waited for. */
  private urgent = false;
  private lingering: NodeJS.Timeout | null = null;

  constructor(
    private readonly publisher: RecordPublisher,
    private readonly topic: string,
    private readonly logger: Logger,
  ) {}

  append(partition: number, record: JournalRecord, onAcknowledged: (offset: number) => void): void {
    this.queue.push({ record, partition, onAcknowledged });
    this.urgent = true;
    this.flushAtOnce();
  }

  /** For an outcome that nothing waits for yet: it takes along what ends in the next milliseconds. */
  appendSoon(partition: number, record: JournalRecord, onAcknowledged: (offset: number) => void): void {
    this.queue.push({ record, partition, onAcknowledged });
    this.flushSoon();
  }

  private get isDue(): boolean {
    return this.urgent || this.queue.length >= LINGER_MAX_RECORDS;
  }

  private flushSoon(): void {
    if (this.isDue) this.flushAtOnce();
    else if (!this.flushing) this.lingering ??= setTimeout(() => this.flushAtOnce(), LINGER_MS);
  }

  /** Outcomes that came in the same turn of the event loop go out together. */
  private flushAtOnce(): void {
    if (this.lingering) clearTimeout(this.lingering);
    this.lingering = null;
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => void this.flush());
  }

  private async flush(): Promise<void> {
    do {
      const batch = this.queue.length > BATCH_MAX_RECORDS ? this.queue.slice(0, BATCH_MAX_RECORDS) : this.queue;
      this.queue = this.queue.length > BATCH_MAX_RECORDS ? this.queue.slice(BATCH_MAX_RECORDS) : [];
      this.urgent = this.urgent && this.queue.length > 0;
      const offsets = await this.publish(batch);
      for (const [index, { onAcknowledged }] of batch.entries()) onAcknowledged(offsets[index] ?? 0);
    } while (this.isDue);
    this.flushing = false;
    if (this.queue.length > 0) this.flushSoon();
  }

  private async publish(batch: readonly Queued[]): Promise<readonly number[]> {
    let records = batch;
    for (let bodies = true; ; ) {
      try {
        return await this.publisher.publish(
          records.map(({ record, partition }) => ({
            ...attemptsV1.encode(keyOf(record.envelope), record),
            topic: this.topic,
            partition,
          })),
        );
      } catch (error) {
        this.logger.warn({ err: error, records: records.length }, 'the journal could not be written, trying again');
        const code = error instanceof MessagingError ? error.code : null;
        if (code === 'publisher_closed') return new Promise(() => {});
        if (code === 'record_too_large' && bodies) {
          records = records.map(withoutBodies);
          bodies = false;
        } else await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    }
  }
}

/** What ended how matters more than the bodies: they are left out, and marked as truncated, where they do not fit. */
function withoutBodies(queued: Queued): Queued {
  const { envelope } = queued.record;
  if (envelope.kind !== 'attempt') return queued;
  const { request, response } = envelope;
  return {
    ...queued,
    record: {
      envelope: {
        ...envelope,
        request: { ...request, truncated: true },
        response: response && { ...response, truncated: true },
        requestBytes: 0,
        responseBytes: 0,
      },
      bytes: Buffer.alloc(0),
    },
  };
}
