import { createHmac, hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** Larger messages are rare, and to copy them would cost more than what this saves. */
const SCRATCH_BYTES = 64 * 1024;

/** One for all keys: what is written is read within the same call. */
const inner = Buffer.alloc(SCRATCH_BYTES);
const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

/** A block of the key as RFC 2104 pads it, as Latin-1. */
function padded(key: Buffer, pad: number): string {
  const block = Buffer.alloc(BLOCK_BYTES, pad);
  for (const [i, byte] of key.entries()) block[i] = byte ^ pad;
  return block.toString('latin1');
}

/**
 * HMAC-SHA256 of one key (RFC 2104), of two one-shot hashes. `createHmac` makes a native object for each message, which
 * the garbage collector has to end: in a dispatcher at full rate six microseconds of a delivery's hundred.
 */
export class HmacSha256 {
  readonly #key: Buffer;
  readonly #innerBlock: string;
  readonly #outerBlock: string;

  constructor(key: Buffer) {
    this.#key = key;
    const short = key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key;
    this.#innerBlock = padded(short, INNER_PAD);
    this.#outerBlock = padded(short, OUTER_PAD);
  }

  /** Of `head`, in UTF-8, and `body` behind it; as base64. */
  base64Of(head: string, body: Buffer): string {
    // A character takes up to three bytes.
    if (BLOCK_BYTES + 3 * head.length + body.length > SCRATCH_BYTES) {
      return createHmac('sha256', this.#key).update(head).update(body).digest('base64');
    }
    inner.write(this.#innerBlock, 0, 'latin1');
    const bodyAt = BLOCK_BYTES + inner.write(head, BLOCK_BYTES, 'utf8');
    inner.set(body, bodyAt);
    outer.write(this.#outerBlock, 0, 'latin1');
    outer.write(hash('sha256', inner.subarray(0, bodyAt + body.length), 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', outer, 'base64');
  }
}
