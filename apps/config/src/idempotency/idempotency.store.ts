/** What is kept of the answer to a request with an Idempotency-Key. */
export interface KeptAnswer {
  id: string;
  /** Null: the request was about no tenant. */
  tenantId: string | null;
  fingerprint: string;
  /** As JSON. It may hold a secret that is shown once, so that it is sealed. */
  content: unknown;
  /** The outbox rows that were written with it: before they are published nobody is answered. */
  outboxIds: readonly number[];
  /** RFC 3339; from then on there is none. */
  expiresAt: string;
}

/** Answers of requests with an Idempotency-Key, written in the transactions of the changes that they tell of. */
export interface IdempotencyStore<Handle> {
  /** Keeps others from carrying out a request with the same id until the transaction ends; false where another has it. */
  claim(handle: Handle, id: string): Promise<boolean>;
  /**
   * The kept answer to a request about the tenant, or about none, or null where there is none that has not expired. Call it
   * behind `claim`.
   */
  get(handle: Handle, tenantId: string | null, id: string, now: string): Promise<KeptAnswer | null>;
  /** In place of one that has expired. */
  put(handle: Handle, answer: KeptAnswer): Promise<void>;
  deleteOfTenant(handle: Handle, tenantId: string): Promise<void>;
  /** The longest expired ones, at most `limit`; answers how many there were. */
  deleteExpired(now: string, limit: number): Promise<number>;
}
