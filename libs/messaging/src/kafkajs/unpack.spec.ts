import fc from 'fast-check';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { BATCH_UNPACKED_MAX_BYTES } from './fetch.bounds.js';
import { storedLz4, storedSnappy } from './packed-records.js';
import { SNAPPY_BLOCKS_MAX } from './snappy-blocks.js';
import { unpack } from './unpack.js';

const SNAPPY = 2;
const LZ4 = 3;
const JAVA_HEADER = storedSnappy(Buffer.alloc(0));

/** As Java's clients frame what they pack, in blocks of so many bytes. */
function javaSnappy(bytes: Buffer, blockBytes: number): Buffer {
  const parts = [JAVA_HEADER];
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const block = compressSync(bytes.subarray(at, at + blockBytes));
    const size = Buffer.alloc(4);
    size.writeUInt32BE(block.length);
    parts.push(size, block);
  }
  return Buffer.concat(parts);
}

/** Frames of blocks as they come: size and bytes. */
function lz4Of(blocks: readonly [number, Buffer][], flags = 0x60, blockSize = 0x40): Buffer {
  const parts = blocks.map(([size, bytes]) => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(size);
    return Buffer.concat([head, bytes]);
  });
  return Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, blockSize, 0x82]), ...parts]);
}

const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc.tuple(fc.string(), fc.nat(100_000)).map(([text, length]) => Buffer.alloc(length, text)),
);

const PACKERS: [string, number, (bytes: Buffer) => Buffer][] = [
  ['one block of snappy', SNAPPY, (bytes) => compressSync(bytes)],
  ['snappy as Java frames it', SNAPPY, (bytes) => javaSnappy(bytes, 1_024)],
  ['snappy that packs nothing', SNAPPY, storedSnappy],
  ['a frame of lz4', LZ4, (bytes) => compressFrameSync(bytes)],
  [
    'a frame of lz4 with its checksums',
    LZ4,
    (bytes) => compressFrameSync(bytes, { contentChecksum: true, blockChecksums: true }),
  ],
  ['lz4 that packs nothing', LZ4, storedLz4],
];

describe.each(PACKERS)('%s', (_, codec, pack) => {
  test('unpacks to what was packed', async () => {
    const property = fc.asyncProperty(content, async (bytes) => {
      expect((await unpack(codec, pack(bytes))).equals(bytes)).toBe(true);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test('is unpacked up to the bound and not beyond it', async () => {
    const largest = Buffer.alloc(BATCH_UNPACKED_MAX_BYTES, 'hookstile');
    expect((await unpack(codec, pack(largest))).length).toBe(BATCH_UNPACKED_MAX_BYTES);
    const larger = Buffer.concat([largest, largest.subarray(0, 65_536)]);
    await expect(unpack(codec, pack(larger))).rejects.toMatchObject({ code: 'too_large' });
  });

  test('gives its bytes, or an error with a code, however it is damaged', async () => {
    const packed = pack(Buffer.alloc(10_000, 'hookstile'));
    const damage = fc.record({
      at: fc.nat(Math.min(packed.length - 1, 64)),
      byte: fc.nat(255),
      length: fc.nat(packed.length),
    });
    const property = fc.asyncProperty(damage, async ({ at, byte, length }) => {
      const damaged = Buffer.from(packed.subarray(0, length));
      if (at < length) damaged[at] = byte;
      const outcome = await unpack(codec, damaged).then(
        (bytes) => bytes.length <= BATCH_UNPACKED_MAX_BYTES,
        ({ code }) => code === 'malformed' || code === 'too_large',
      );
      expect(outcome).toBe(true);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

test.each<[string, number, Buffer, string]>([
  ['a block that says to hold four gigabytes', SNAPPY, Buffer.from('ffffffff0f00', 'hex'), 'too_large'],
  ['a block whose length never ends', SNAPPY, Buffer.alloc(100, 0xff), 'malformed'],
  ['more blocks than Java makes', SNAPPY, javaSnappy(Buffer.alloc(SNAPPY_BLOCKS_MAX + 1), 1), 'too_large'],
  ['a frame that ends in the size of a block', SNAPPY, Buffer.concat([JAVA_HEADER, Buffer.alloc(2)]), 'malformed'],
  ['a block beyond the end', SNAPPY, Buffer.concat([JAVA_HEADER, Buffer.from('7fffffff00', 'hex')]), 'malformed'],
  ['a frame without an end', LZ4, lz4Of([[0x8000_0001, Buffer.from('x')]]), 'malformed'],
  ['a size of blocks that is none', LZ4, lz4Of([[0, Buffer.alloc(0)]], 0x60, 0x10), 'malformed'],
  ['a block that is longer than it may be', LZ4, lz4Of([[0xffff_ffff, Buffer.alloc(0)]]), 'malformed'],
  [
    'a block stored beyond the bound',
    LZ4,
    lz4Of([
      [0x8000_0000 + (17 << 20), Buffer.alloc(17 << 20)],
      [0, Buffer.alloc(0)],
    ]),
    'too_large',
  ],
  ['nothing', LZ4, Buffer.alloc(0), 'malformed'],
])('%s is refused by its code', async (_, codec, packed, code) => {
  await expect(unpack(codec, packed)).rejects.toMatchObject({ code });
});
