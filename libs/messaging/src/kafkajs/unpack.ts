import { promisify } from 'node:util';
import { constants, gunzip, zstdDecompress } from 'node:zlib';
import type { Unreadable } from '../port/records.js';
import { BATCH_UNPACKED_MAX_BYTES, ZSTD_WINDOW_MAX_LOG } from './fetch.bounds.js';
import { lz4ContentMaxBytes } from './lz4-frame.js';
import { SNAPPY_BLOCKS_MAX, snappyBlocksOf } from './snappy-blocks.js';

/** The lowest three bits of a batch's attributes. */
const CODEC_MASK = 0x07;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

const gunzipAsync = promisify(gunzip);
const zstdDecompressAsync = promisify(zstdDecompress);

/** Records that cannot be had, and why. */
export class UnreadableBatchError extends Error {
  constructor(
    readonly code: Unreadable['code'],
    message: string,
  ) {
    super(message);
  }
}

function tooLarge(): UnreadableBatchError {
  const message = `The batch is larger than ${BATCH_UNPACKED_MAX_BYTES} bytes once it is decompressed.`;
  return new UnreadableBatchError('too_large', message);
}

/** Loaded by the first batch that needs it: few processes ever do, and not every platform has it. */
async function loaded<T>(library: Promise<T>, codec: string): Promise<T> {
  try {
    return await library;
  } catch {
    throw new UnreadableBatchError('unsupported_compression', `Nothing on this platform reads ${codec}.`);
  }
}

async function unpackSnappy(packed: Buffer): Promise<Buffer> {
  const blocks = snappyBlocksOf(packed);
  if (blocks === null) throw new Error('these are no blocks of snappy');
  const contentBytes = blocks.reduce((sum, block) => sum + block.contentBytes, 0);
  if (contentBytes > BATCH_UNPACKED_MAX_BYTES || blocks.length > SNAPPY_BLOCKS_MAX) throw tooLarge();
  const { uncompress } = await loaded(import('snappy'), 'snappy');
  const parts: Buffer[] = [];
  for (const block of blocks) parts.push((await uncompress(block.packed, { asBuffer: true })) as Buffer);
  return Buffer.concat(parts);
}

async function unpackLz4(packed: Buffer): Promise<Buffer> {
  const contentMaxBytes = lz4ContentMaxBytes(packed);
  if (contentMaxBytes === null) throw new Error('this is no frame of LZ4');
  if (contentMaxBytes > BATCH_UNPACKED_MAX_BYTES) throw tooLarge();
  const { decompressFrame } = await loaded(import('lz4-napi'), 'lz4');
  return decompressFrame(packed);
}

/** The records' bytes of a batch. Rejects with `UnreadableBatchError`; never takes more memory than the bounds. */
export async function unpack(attributes: number, packed: Buffer): Promise<Buffer> {
  const codec = CODECS[attributes & CODEC_MASK] ?? `number ${attributes & CODEC_MASK}`;
  try {
    switch (codec) {
      case 'none':
        return packed;
      case 'gzip':
        return await gunzipAsync(packed, { maxOutputLength: BATCH_UNPACKED_MAX_BYTES });
      case 'snappy':
        return await unpackSnappy(packed);
      case 'lz4':
        return await unpackLz4(packed);
      case 'zstd':
        return await zstdDecompressAsync(packed, {
          maxOutputLength: BATCH_UNPACKED_MAX_BYTES,
          params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_MAX_LOG },
        });
      default:
        throw new UnreadableBatchError('unsupported_compression', `Batches compressed by ${codec} cannot be read.`);
    }
  } catch (error) {
    if (error instanceof UnreadableBatchError) throw error;
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new UnreadableBatchError('malformed', `The batch is not valid ${codec}.`);
  }
}
