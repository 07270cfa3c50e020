import type { FakeHandle } from '@hookstile/event-store';
import type { IdempotencyStore, KeptAnswer } from './idempotency.store.js';

/** Answers in memory, for a fake event store: its transactions run one after another, so that every claim holds. */
export class FakeIdempotencyStore implements IdempotencyStore<FakeHandle> {
  readonly answers = new Map<string, KeptAnswer>();

  async claim(): Promise<boolean> {
    return true;
  }

  async get(_handle: FakeHandle, tenantId: string | null, id: string, now: string): Promise<KeptAnswer | null> {
    const answer = this.answers.get(id);
    return answer && answer.tenantId === tenantId && answer.expiresAt > now ? structuredClone(answer) : null;
  }

  async put(handle: FakeHandle, answer: KeptAnswer): Promise<void> {
    this.change(handle, answer.id, structuredClone(answer));
  }

  async deleteOfTenant(handle: FakeHandle, tenantId: string): Promise<void> {
    for (const answer of [...this.answers.values()]) {
      if (answer.tenantId === tenantId) this.change(handle, answer.id, null);
    }
  }

  async deleteExpired(now: string, limit: number): Promise<number> {
    const expired = [...this.answers.values()]
      .filter(({ expiresAt }) => expiresAt <= now)
      .sort((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1))
      .slice(0, limit);
    for (const { id } of expired) this.answers.delete(id);
    return expired.length;
  }

  private change(handle: FakeHandle, id: string, answer: KeptAnswer | null): void {
    const before = this.answers.get(id);
    if (answer) this.answers.set(id, answer);
    else this.answers.delete(id);
    handle.onRollback(() => (before ? this.answers.set(id, before) : this.answers.delete(id)));
  }
}
