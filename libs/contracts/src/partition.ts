import { crc32 } from 'node:zlib';

/**
 * The partition of a key: CRC-32 of its UTF-8 bytes modulo the *configured* count.
 * Never taken from the broker's metadata: a count that changed while running would move keys and break order.
 */
export function partitionOf(key: string, partitionCount: number): number {
  return crc32(key) % partitionCount;
}
