import type { EventStoreTransaction } from '@hookstile/event-store';
import {
  answerIdOf,
  type Clock,
  fingerprintOf,
  IDEMPOTENCY_KEY_KEPT_MS,
  type IdempotentRequest,
  keyInFlight,
  keyReused,
} from '@hookstile/service-runtime';
import type { Changes } from '../changes/changes.js';
import type { AnswerSealer } from './answer-sealer.js';
import type { IdempotencyStore, KeptAnswer } from './idempotency.store.js';

/** What a caller gets: also what is kept of it. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

export interface Answered {
  answer: Answer;
  /** Whether it was given before. */
  replayed: boolean;
}

interface Result extends Answered {
  outboxIds: readonly number[];
}

/** Carries each request with an Idempotency-Key out once, and gives its answer again to those that repeat it. */
export class IdempotentRequests<Handle = unknown> {
  constructor(
    private readonly changes: Changes<Handle>,
    private readonly store: IdempotencyStore<Handle>,
    private readonly sealer: AnswerSealer<Handle>,
    private readonly clock: Clock,
  ) {}

  /**
   * The answer is stored in the transaction of the changes that `carryOut` runs: whoever dies, there are both or neither.
   * Where it rejects nothing is kept. Rejects with `idempotency_key_reused`, and with `idempotency_key_in_flight`.
   */
  async answer(request: IdempotentRequest, carryOut: () => Promise<Answer>): Promise<Answered> {
    const { result } = await this.changes.join((transaction) => this.once(transaction, request, carryOut));
    await this.changes.awaitPublication(result.outboxIds);
    return result;
  }

  private async once(
    transaction: EventStoreTransaction<Handle>,
    request: IdempotentRequest,
    carryOut: () => Promise<Answer>,
  ): Promise<Result> {
    const { handle } = transaction;
    const id = answerIdOf(request.scope, request.key);
    if (!(await this.store.claim(handle, id))) {
      throw keyInFlight();
    }
    const { tenantId } = request.scope;
    const kept = await this.store.get(handle, tenantId, id, instantOf(this.clock.nowMs()));
    if (kept) return this.again(transaction, request, kept);
    const answer = await carryOut();
    const content = await this.sealer.seal(transaction, tenantId, id, JSON.stringify(answer));
    const outboxIds = await transaction.outboxIds();
    await this.store.put(handle, {
      id,
      tenantId,
      fingerprint: fingerprintOf(request, request.key),
      content,
      outboxIds,
      expiresAt: instantOf(this.clock.nowMs() + IDEMPOTENCY_KEY_KEPT_MS),
    });
    return { answer, replayed: false, outboxIds };
  }

  private async again(
    transaction: EventStoreTransaction<Handle>,
    request: IdempotentRequest,
    { id, fingerprint, content, outboxIds }: KeptAnswer,
  ): Promise<Result> {
    if (fingerprint !== fingerprintOf(request, request.key)) throw keyReused();
    const answer = JSON.parse(await this.sealer.open(transaction, id, content)) as Answer;
    return { answer, replayed: true, outboxIds };
  }
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString();
}
