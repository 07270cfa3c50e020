/** How much of a request's body, and of a response's, is kept for the event log. */
export const KEPT_BODY_MAX_BYTES = 64 * 1024;

const EMPTY = Buffer.alloc(0);

/** Collects the first bytes of a response's body as they came on the wire, never inflated. */
export class KeptBody {
  #chunks: Buffer[] = [];
  #keptBytes = 0;
  /** All bytes that came, kept or not. */
  receivedBytes = 0;

  add(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    const room = KEPT_BODY_MAX_BYTES - this.#keptBytes;
    if (room <= 0) return;
    // A copy: the chunk is a view of the socket's whole read buffer, which would be retained with it.
    const kept = Buffer.from(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#chunks.push(kept);
    this.#keptBytes += kept.length;
  }

  get overflowed(): boolean {
    return this.receivedBytes > KEPT_BODY_MAX_BYTES;
  }

  bytes(): Buffer {
    const [first] = this.#chunks;
    if (!first) return EMPTY;
    return this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
  }
}
