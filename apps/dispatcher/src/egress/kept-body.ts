import { KEPT_BODY_MAX_BYTES } from './response.bounds.js';

const EMPTY = Buffer.alloc(0);

/** Collects the first bytes of a response's body as they came on the wire, never inflated. */
export class KeptBody {
  #kept = EMPTY;
  #keptBytes = 0;
  /** All bytes that came, kept or not. */
  receivedBytes = 0;
  /** In how many pieces they came. */
  receivedPieces = 0;

  add(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    this.receivedPieces += 1;
    const room = KEPT_BODY_MAX_BYTES - this.#keptBytes;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    // Copied: the chunk is a view of the socket's whole read buffer, which would be retained with it.
    if (this.#keptBytes === 0) this.#kept = Buffer.from(kept);
    else this.#append(kept);
    this.#keptBytes += kept.length;
  }

  get overflowed(): boolean {
    return this.receivedBytes > KEPT_BODY_MAX_BYTES;
  }

  bytes(): Buffer {
    if (this.#kept.length === this.#keptBytes) return this.#kept;
    return Buffer.from(this.#kept.subarray(0, this.#keptBytes));
  }

  /** Into one buffer that doubles: a buffer each for pieces of one byte would take a hundred times their size. */
  #append(piece: Buffer): void {
    const needed = this.#keptBytes + piece.length;
    if (needed > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.min(KEPT_BODY_MAX_BYTES, Math.max(needed, 2 * this.#kept.length)));
      this.#kept.copy(larger, 0, 0, this.#keptBytes);
      this.#kept = larger;
    }
    piece.copy(this.#kept, this.#keptBytes);
  }
}
