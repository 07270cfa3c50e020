import { gzipSync, zstdCompressSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import type { TopicPartition } from '../port/records.js';
import { createClient } from './client.js';
import { varIntSize, WireWriter } from './wire-writer.js';

const { CompressionCodecs, CompressionTypes } = kafkajs;

export type Codec = 'None' | 'GZIP' | 'Snappy' | 'LZ4' | 'ZSTD';

export interface PackedRecord {
  key?: string;
  headers?: Record<string, string>;
  value: Buffer | null;
}

const SNAPPY_FRAME = Buffer.from('82534e4150505900' + '00000001' + '00000001', 'hex');
const SNAPPY_BLOCK_BYTES = 32 * 1024;
/** A tag for a literal whose length, less one, follows in two bytes. */
const SNAPPY_LITERAL = 61 << 2;
/** Magic, version 1 with independent blocks of up to 64 KiB, and the checksum of that. */
const LZ4_FRAME = Buffer.from('04224d18604082', 'hex');
const LZ4_BLOCK_BYTES = 64 * 1024;
const LZ4_STORED = 0x8000_0000;

function* blocks(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Frames as Java's producers write them, of blocks that are stored as they are: valid, and no smaller. */
export function storedSnappy(bytes: Buffer): Buffer {
  const parts: Buffer[] = [SNAPPY_FRAME];
  for (const block of blocks(bytes, SNAPPY_BLOCK_BYTES)) {
    const length = [(block.length & 0x7f) | 0x80, ((block.length >> 7) & 0x7f) | 0x80, block.length >> 14];
    const tag = [SNAPPY_LITERAL, (block.length - 1) & 0xff, (block.length - 1) >> 8];
    const size = Buffer.alloc(4);
    size.writeInt32BE(length.length + tag.length + block.length);
    parts.push(size, Buffer.from([...length, ...tag]), block);
  }
  return Buffer.concat(parts);
}

export function storedLz4(bytes: Buffer): Buffer {
  const parts: Buffer[] = [LZ4_FRAME];
  for (const block of blocks(bytes, LZ4_BLOCK_BYTES)) {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length + LZ4_STORED);
    parts.push(size, block);
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

const PACKERS: Record<Exclude<Codec, 'None'>, (bytes: Buffer) => Buffer> = {
  GZIP: (bytes) => gzipSync(bytes),
  Snappy: storedSnappy,
  LZ4: storedLz4,
  ZSTD: (bytes) => zstdCompressSync(bytes),
};

export interface PackedBatch {
  codec: Codec;
  records: readonly PackedRecord[];
  /** What is sent in the place of the packed records. */
  packed?: Buffer;
}

const BOMB_MEMBER_BYTES = 16 * 1024 * 1024;

/** One record of `bytes` zeros as a producer that means ill packs it: gzip's members may stand one after the other. */
export function gzipBomb(bytes: number): Buffer {
  const members = Math.ceil(bytes / BOMB_MEMBER_BYTES);
  const valueBytes = members * BOMB_MEMBER_BYTES;
  const body = Buffer.alloc(3 + 1 + varIntSize(valueBytes));
  const writer = new WireWriter(body);
  writer.int8(0);
  for (const delta of [0, 0, -1, valueBytes]) writer.varInt(delta);
  const length = new WireWriter(Buffer.alloc(varIntSize(body.length + valueBytes + 1)));
  length.varInt(body.length + valueBytes + 1);
  const zeros = gzipSync(Buffer.alloc(BOMB_MEMBER_BYTES));
  const head = gzipSync(Buffer.concat([length.buffer, body]));
  return Buffer.concat([head, ...Array<Buffer>(members).fill(zeros), gzipSync(Buffer.alloc(1))]);
}

/** Writes records in one batch, packed as a producer in another language packs them. */
export async function publishPacked(
  brokers: readonly string[],
  { topic, partition }: TopicPartition,
  { codec, records, packed }: PackedBatch,
): Promise<void> {
  for (const [name, pack] of Object.entries(PACKERS)) {
    const type = CompressionTypes[name as keyof typeof PACKERS];
    const compress = async ({ buffer }: { buffer: Buffer }) => packed ?? pack(buffer);
    const decompress = () => Promise.reject(new Error('a producer unpacks nothing'));
    CompressionCodecs[type] = () => ({ compress, decompress });
  }
  const producer = createClient({ brokers, clientId: 'packed' }).kafka.producer({ retry: { retries: 0 } });
  await producer.connect();
  try {
    const messages = records.map((record) => ({ partition, ...record }));
    await producer.send({ topic, compression: CompressionTypes[codec], messages });
  } finally {
    await producer.disconnect();
  }
}
