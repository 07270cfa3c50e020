const MAGIC = 0x184d2204;
/** Magic, flags and the size of blocks; behind them what the flags name. */
const HEADER_BYTES = 6;
const FLAG_BLOCK_CHECKSUMS = 0x10;
const FLAG_CONTENT_SIZE = 0x08;
const FLAG_DICTIONARY = 0x01;
const CONTENT_SIZE_BYTES = 8;
const DICTIONARY_BYTES = 4;
const CHECKSUM_BYTES = 4;
const BLOCK_SIZE_SHIFT = 4;
const BLOCK_SIZE_MASK = 0x07;
/** Blocks of 64 KiB, 256 KiB, 1 MiB and 4 MiB, by the number that the header holds. */
const BLOCK_MAX_BYTES: Partial<Record<number, number>> = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };
const STORED = 0x8000_0000;
/** No byte of a block stands for more. */
const EXPANSION_MAX = 255;

/**
 * The most bytes that an LZ4 frame can hold, read from the sizes of its blocks alone; null for what is no frame. Decoders
 * take as much memory as a frame says, and a frame may lie about its content.
 * Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function lz4ContentMaxBytes(frame: Buffer): number | null {
  if (frame.length < HEADER_BYTES || frame.readUInt32LE(0) !== MAGIC) return null;
  const flags = frame.readUInt8(4);
  const blockMaxBytes = BLOCK_MAX_BYTES[(frame.readUInt8(5) >> BLOCK_SIZE_SHIFT) & BLOCK_SIZE_MASK];
  if (blockMaxBytes === undefined) return null;
  const blockOverhead = flags & FLAG_BLOCK_CHECKSUMS ? CHECKSUM_BYTES : 0;
  let at = HEADER_BYTES + 1;
  if (flags & FLAG_CONTENT_SIZE) at += CONTENT_SIZE_BYTES;
  if (flags & FLAG_DICTIONARY) at += DICTIONARY_BYTES;
  let total = 0;
  while (at + 4 <= frame.length) {
    const size = frame.readUInt32LE(at);
    if (size === 0) return total;
    const bytes = size & ~STORED;
    total += size >= STORED ? bytes : Math.min(blockMaxBytes, bytes * EXPANSION_MAX);
    at += 4 + bytes + blockOverhead;
  }
  return null;
}
