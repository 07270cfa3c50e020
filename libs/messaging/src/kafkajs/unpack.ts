import { promisify } from 'node:util';
import { constants, gunzip, zstdDecompress } from 'node:zlib';
import type { Unreadable } from '../port/records.js';
import { BATCH_UNPACKED_MAX_BYTES, ZSTD_WINDOW_MAX_LOG } from './fetch.bounds.js';

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

/** The records' bytes of a batch. Rejects with `UnreadableBatchError`; never takes more memory than the bounds. */
export async function unpack(attributes: number, packed: Buffer): Promise<Buffer> {
  const codec = CODECS[attributes & CODEC_MASK] ?? `number ${attributes & CODEC_MASK}`;
  try {
    switch (codec) {
      case 'none':
        return packed;
      case 'gzip':
        return await gunzipAsync(packed, { maxOutputLength: BATCH_UNPACKED_MAX_BYTES });
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
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') {
      const message = `The batch is larger than ${BATCH_UNPACKED_MAX_BYTES} bytes once it is decompressed.`;
      throw new UnreadableBatchError('too_large', message);
    }
    throw new UnreadableBatchError('malformed', `The batch is not valid ${codec}.`);
  }
}
