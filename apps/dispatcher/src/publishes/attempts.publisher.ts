import { attemptsV1, type EncodedRecord, type JournalEnvelope, type JournalRecord } from '@hookstile/contracts';
import { MessagingError, type OutgoingRecord, type RecordPublisher } from '@hookstile/messaging';
import type { Logger } from 'pino';
import { lesserRecord } from '../journal/lesser-record.js';

/** The most records handed to the publisher in one call. */
const BATCH_MAX_RECORDS = 1_000;
const RETRY_DELAY_MS = 100;
/** Of a record that the broker takes in no form: only an operator ends that, by raising the broker's bound. */
const REFUSED_RETRY_DELAY_MS = 5_000;
/** How long an outcome may wait for company, and how much of it is enough (docs/adr/0017). */
const LINGER_MS = 10;
const LINGER_MAX_RECORDS = 64;

/** Encoded at once: what an outcome is made of would else live until it is acknowledged, in thousands at full rate. */
interface Queued {
  encoded: EncodedRecord;
  partition: number;
  onAcknowledged: (offset: number) => void;
}

const EPOCH_KEY = 'epoch';

function keyOf(envelope: JournalEnvelope): string {
  return envelope.kind === 'epoch' ? EPOCH_KEY : envelope.integrationId;
}

function encodedOf(record: JournalRecord): EncodedRecord {
  return attemptsV1.encode(keyOf(record.envelope), record);
}

/** Of what was encoded here; null where that is none that a reader would take. */
function decodedOf({ headers, value }: EncodedRecord): JournalRecord | null {
  const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const);
  const decoded = attemptsV1.decode({ headers: Object.fromEntries(bytes), value });
  return decoded.outcome === 'decoded' ? decoded.value : null;
}

/** Writes the journal in order, collecting while a request is in flight. Nothing is given up: what fails is tried again first. */
export class AttemptsPublisher {
  private queue: Queued[] = [];
  private flushing = false;
  /** Something in the queue is waited for. */
  private urgent = false;
  private lingering: NodeJS.Timeout | null = null;
  private refused: string | null = null;

  constructor(
    private readonly publisher: RecordPublisher,
    private readonly topic: string,
    private readonly logger: Logger,
  ) {}

  /** Why nothing more is written, for readiness; or null. */
  get problem(): string | null {
    return this.refused;
  }

  append(partition: number, record: JournalRecord, onAcknowledged: (offset: number) => void): void {
    this.queue.push({ encoded: encodedOf(record), partition, onAcknowledged });
    this.urgent = true;
    this.flushAtOnce();
  }

  /** For an outcome that nothing waits for yet: it takes along what ends in the next milliseconds. */
  appendSoon(partition: number, record: JournalRecord, onAcknowledged: (offset: number) => void): void {
    this.queue.push({ encoded: encodedOf(record), partition, onAcknowledged });
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
    for (;;) {
      try {
        const offsets = await this.publisher.publish(records.map((queued) => this.outgoing(queued)));
        this.refused = null;
        return offsets;
      } catch (error) {
        const code = error instanceof MessagingError ? error.code : null;
        if (code === 'publisher_closed') return new Promise(() => {});
        if (code !== 'record_too_large') {
          this.logger.warn({ err: error, records: batch.length }, 'the journal could not be written, trying again');
          await pause(RETRY_DELAY_MS);
        } else if (records.length > 1) return this.publishApart(records);
        else records = await Promise.all(records.map((queued) => this.lessOf(queued)));
      }
    }
  }

  /** One of them is too large: halves, in order, until it is found. Nothing of the others is left out. */
  private async publishApart(batch: readonly Queued[]): Promise<readonly number[]> {
    const middle = Math.ceil(batch.length / 2);
    const first = await this.publish(batch.slice(0, middle));
    return [...first, ...(await this.publish(batch.slice(middle)))];
  }

  /** The record with less in it; where there is nothing left to leave out, the same again, after a while. */
  private async lessOf(queued: Queued): Promise<Queued> {
    const { encoded, partition } = queued;
    const record = decodedOf(encoded);
    const where = { partition, integrationId: encoded.key, kind: record?.envelope.kind };
    const lesser = record && lesserRecord(record);
    if (lesser !== null) {
      const alarm = lesser.namesCut ? { alarm: 'journal_record_cut' } : {};
      this.logger.error({ ...alarm, ...where }, `a journal record is too large: ${lesser.what}`);
      return { ...queued, encoded: encodedOf(lesser.record) };
    }
    this.refused ??= this.refusedWith(where);
    await pause(REFUSED_RETRY_DELAY_MS);
    return queued;
  }

  private refusedWith(where: { partition: number }): string {
    const problem = `the broker refuses a journal record of partition ${where.partition} as too large, whatever is left out`;
    this.logger.fatal({ alarm: 'journal_refused', ...where }, `${problem}; nothing more is journaled`);
    return problem;
  }

  private outgoing({ encoded: { key, headers, value }, partition }: Queued): OutgoingRecord {
    return { key, headers, value, topic: this.topic, partition };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
