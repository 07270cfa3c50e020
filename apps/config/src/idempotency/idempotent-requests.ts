import type { EventStoreTransaction } from '@hookstile/event-store';
import { type Clock, ProblemError } from '@hookstile/service-runtime';
import type { Changes } from '../changes/changes.js';
import type { AnswerSealer } from './answer-sealer.js';
import type { IdempotencyStore, KeptAnswer } from './idempotency.store.js';
import { answerIdOf, fingerprintOf, type KeyScope, type RequestForm } from './idempotency-key.js';

/** How long an answer is given again. */
export const ANSWER_KEPT_MS = 24 * 60 * 60 * 1_000;

/** What a caller gets: also what is kept of it. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: unknown;
}

export interface IdempotentRequest extends RequestForm {
  scope: KeyScope;
  key: string;
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
      throw new ProblemError('idempotency_key_in_flight', 'A request with this Idempotency-Key is being carried out.');
    }
    const kept = await this.store.get(handle, id, instantOf(this.clock.nowMs()));
    if (kept) return this.again(transaction, request, kept);
    const answer = await carryOut();
    const { tenantId } = request.scope;
    const content = await this.sealer.seal(transaction, tenantId, id, JSON.stringify(answer));
    const outboxIds = await transaction.outboxIds();
    await this.store.put(handle, {
      id,
      tenantId,
      fingerprint: fingerprintOf(request, request.key),
      content,
      outboxIds,
      expiresAt: instantOf(this.clock.nowMs() + ANSWER_KEPT_MS),
    });
    return { answer, replayed: false, outboxIds };
  }

  private async again(
    transaction: EventStoreTransaction<Handle>,
    request: IdempotentRequest,
    { id, fingerprint, content, outboxIds }: KeptAnswer,
  ): Promise<Result> {
    if (fingerprint !== fingerprintOf(request, request.key)) {
      const detail = 'This Idempotency-Key was used for another request: another route, or another body.';
      throw new ProblemError('idempotency_key_reused', detail);
    }
    const answer = JSON.parse(await this.sealer.open(transaction, id, content)) as Answer;
    return { answer, replayed: true, outboxIds };
  }
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString();
}
