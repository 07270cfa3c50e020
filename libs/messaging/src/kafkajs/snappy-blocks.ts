/** What snappy-java puts before its blocks, behind which stand two numbers of its version. */
const JAVA_MAGIC = Buffer.from('82534e4150505900', 'hex');
const JAVA_HEADER_BYTES = JAVA_MAGIC.length + 8;
const VARINT_MAX_BYTES = 5;
/** snappy-java makes no smaller blocks than 1 KiB, of which so many are the bound of a batch. */
export const SNAPPY_BLOCKS_MAX = 16_384;

export interface SnappyBlock {
  packed: Buffer;
  /** What it says to hold; a decoder takes as much memory before it finds that it was told a lie. */
  contentBytes: number;
}

function contentBytesOf(packed: Buffer): number | null {
  let bytes = 0;
  for (let i = 0; i < VARINT_MAX_BYTES && i < packed.length; i += 1) {
    const byte = packed.readUInt8(i);
    bytes += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return bytes;
  }
  return null;
}

/**
 * The blocks of a batch packed by snappy: one alone, as librdkafka sends it, or framed as Java's clients do; null for what
 * is neither. Ends with more than SNAPPY_BLOCKS_MAX blocks at the first too many.
 * Sources: https://github.com/google/snappy/blob/main/format_description.txt, https://github.com/xerial/snappy-java
 */
export function snappyBlocksOf(packed: Buffer): SnappyBlock[] | null {
  const framed = packed.subarray(0, JAVA_MAGIC.length).equals(JAVA_MAGIC);
  const blocks: SnappyBlock[] = [];
  for (let at = framed ? JAVA_HEADER_BYTES : 0; at < packed.length && blocks.length <= SNAPPY_BLOCKS_MAX; ) {
    const start = framed ? at + 4 : at;
    if (start > packed.length) return null;
    const end = framed ? start + packed.readUInt32BE(at) : packed.length;
    const block = packed.subarray(start, end);
    const contentBytes = contentBytesOf(block);
    if (end > packed.length || contentBytes === null) return null;
    blocks.push({ packed: block, contentBytes });
    at = end;
  }
  return blocks;
}
