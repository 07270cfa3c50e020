import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { partitionOf } from '@hookstile/contracts';
import type { OutgoingRecord, RecordPublisher } from '@hookstile/messaging';
import type { SeededRandom } from '../seeded-random.ts';
import { PARTITIONS } from '../stack/fault-stack.ts';
import { EVENTS_TOPIC, type MixedKind, typeOfKind } from './mixed-events.ts';

/** Of a hundred events. */
const SHARES: readonly (readonly [MixedKind, number])[] = [
  ['good', 52],
  ['failing', 10],
  ['held', 10],
  ['filtered', 12],
  ['again', 8],
  ['reused', 4],
  ['malformed', 4],
];
const BATCH_MAX = 200;
/** Of the batches, those that go to Kafka straight. */
const STRAIGHT_TO_KAFKA = 0.3;
const REMEMBERED_MAX = 1_000;
const AGAIN_AFTER_MS = 50;
const ANSWER_TIMEOUT_MS = 10_000;

interface MixedEvent {
  id: string;
  type: string;
  data: { n: number };
}

export interface MixedProducerOptions {
  tenantId: string;
  frontDoorUrl: string;
  key: string;
  publisher: RecordPublisher;
  random: SeededRandom;
}

/** A producer of one tenant that sends events of every fate, in batches, over both doors, each until it is acknowledged. */
export class MixedProducer {
  /** Ids of all events that were acknowledged, but those of malformed records, which have none. */
  readonly acknowledged = new Set<string>();
  sent = 0;
  /** Batches that were sent again, since their answer was none or a refusal. */
  sentAgain = 0;
  readonly #options: MixedProducerOptions;
  readonly #earlier: MixedEvent[] = [];

  constructor(options: MixedProducerOptions) {
    this.#options = options;
  }

  async sendBatch(): Promise<void> {
    const { random, publisher } = this.#options;
    const count = random.whole(1, BATCH_MAX);
    const straight = random.next() < STRAIGHT_TO_KAFKA;
    const events = Array.from({ length: count }, () => this.#next(straight));
    if (straight) await publisher.publish(events.map((event) => this.#record(event)));
    else await this.#post(events.filter((event) => event !== null));
    for (const event of events) {
      this.sent += 1;
      if (event) this.#remember(event);
    }
  }

  /** Null is a record that is no event: only Kafka takes it. */
  #next(straight: boolean): MixedEvent | null {
    const { random } = this.#options;
    let at = random.whole(0, 99);
    const kind = SHARES.find(([, share]) => {
      at -= share;
      return at < 0;
    })?.[0];
    const data = { n: random.whole(0, 1_000_000) };
    const earlier = this.#earlier.length > 0 ? random.pick(this.#earlier) : null;
    if (kind === 'again' && earlier) return earlier;
    if (kind === 'reused' && earlier) return { ...earlier, data: { n: earlier.data.n + 1 } };
    if (kind === 'malformed' && straight) return null;
    return { id: randomUUID(), type: typeOfKind(kind ?? 'good'), data };
  }

  #remember(event: MixedEvent): void {
    this.acknowledged.add(event.id);
    if (this.#earlier.length < REMEMBERED_MAX) this.#earlier.push(event);
    else this.#earlier[this.#options.random.whole(0, REMEMBERED_MAX - 1)] = event;
  }

  #record(event: MixedEvent | null): OutgoingRecord {
    const { tenantId } = this.#options;
    const named = event ? { ce_id: event.id, ce_type: event.type } : { ce_id: 'no type' };
    return {
      topic: EVENTS_TOPIC,
      partition: partitionOf(tenantId, PARTITIONS),
      key: tenantId,
      headers: { ce_specversion: '1.0', ce_source: '/accounting', ce_tenantid: tenantId, ...named },
      value: Buffer.from(JSON.stringify(event?.data ?? {})),
    };
  }

  async #post(events: readonly MixedEvent[]): Promise<void> {
    if (events.length === 0) return;
    const body = JSON.stringify(
      events.map(({ id, type, data }) => ({ specversion: '1.0', source: '/accounting', id, type, data })),
    );
    while (!(await this.#isTaken(body))) {
      this.sentAgain += 1;
      await sleep(AGAIN_AFTER_MS);
    }
  }

  async #isTaken(body: string): Promise<boolean> {
    const { frontDoorUrl, key, tenantId } = this.#options;
    const headers = {
      authorization: `Bearer ${key}`,
      'hookstile-tenant': tenantId,
      'content-type': 'application/cloudevents-batch+json',
    };
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const answer = await fetch(`${frontDoorUrl}/v1/events`, { method: 'POST', headers, body, signal }).catch(
      () => null,
    );
    const text = await answer?.text().catch(() => null);
    if (!answer || text === null || text === undefined || answer.status === 503) return false;
    if (answer.status === 202 && !text.includes('"error"')) return true;
    throw new Error(`a batch of events was answered ${answer.status}: ${text.slice(0, 500)}`);
  }
}
