import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { AcceptedEvent } from '../oracle/evidence.types.ts';
import { orderingKeyOf } from './ordering-key.ts';

const ANSWER_TIMEOUT_MS = 5_000;
const AGAIN_AFTER_MS = 50;
const EVENT_TYPE = 'fault';

export interface EventSenderOptions {
  frontDoorUrl: string;
  key: string;
  tenantId: string;
}

/**
 * One producer of a tenant: sends an event only after the one before it was accepted, and the same one again until it
 * is, as a careful producer does. So the order of acceptance is the order of the events' numbers.
 */
export class EventSender {
  readonly accepted: AcceptedEvent[] = [];
  /** Answers other than 202, and none at all. */
  refused = 0;
  readonly #options: EventSenderOptions;
  readonly #pool: Pool;

  constructor(options: EventSenderOptions) {
    this.#options = options;
    this.#pool = new Pool(options.frontDoorUrl, {
      connections: 1,
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
    });
  }

  get tenantId(): string {
    return this.#options.tenantId;
  }

  /** Sends at most `perSecond` events a second until `stop` is aborted; all that it began is accepted in the end. */
  async send(perSecond: number, stop: AbortSignal): Promise<void> {
    const gapMs = 1_000 / perSecond;
    let dueAtMs = performance.now();
    while (!stop.aborted) {
      await this.sendOne();
      dueAtMs = Math.max(dueAtMs + gapMs, performance.now() - gapMs);
      const waitMs = dueAtMs - performance.now();
      if (waitMs > 1) await sleep(waitMs);
    }
  }

  async sendMany(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += 1) await this.sendOne();
  }

  async sendOne(): Promise<void> {
    const { tenantId } = this.#options;
    const n = this.accepted.length;
    const event = { tenantId, eventId: `${tenantId}-${n}`, n };
    await this.#untilAccepted(event);
    this.accepted.push(event);
  }

  /** The same events once more, as a producer does that was told that they are lost. */
  async sendAgain(fromN: number): Promise<void> {
    for (const event of this.accepted.slice(fromN)) await this.#untilAccepted(event);
  }

  async #untilAccepted({ eventId, n }: AcceptedEvent): Promise<void> {
    while (
      !(await this.#post(JSON.stringify({ id: eventId, type: EVENT_TYPE, subject: orderingKeyOf(n), data: { n } })))
    ) {
      this.refused += 1;
      await sleep(AGAIN_AFTER_MS);
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }

  async #post(body: string): Promise<boolean> {
    const { key, tenantId } = this.#options;
    try {
      const answer = await this.#pool.request({
        method: 'POST',
        path: '/v1/events',
        headers: { authorization: `Bearer ${key}`, 'hookstile-tenant': tenantId, 'content-type': 'application/json' },
        body,
      });
      const text = await answer.body.text();
      if (answer.statusCode === 202) return true;
      if (answer.statusCode >= 500 || answer.statusCode === 429) return false;
      throw new RefusedError(`POST /v1/events answered ${answer.statusCode}: ${text}`);
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      return false;
    }
  }
}

/** An answer that sending again would not change. */
class RefusedError extends Error {}
