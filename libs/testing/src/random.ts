import { createHash, randomBytes } from 'node:crypto';

const SUFFIX_BYTES = 5;

/** Lower-case letters and digits that keep topics, groups and schemas of parallel suites apart. */
export function randomSuffix(): string {
  return randomBytes(SUFFIX_BYTES).toString('hex');
}

/** A topic prefix of a suite's own, such as `test-1f00ba4711.`. */
export function randomTopicPrefix(name = 'test'): string {
  return `${name}-${randomSuffix()}.`;
}

/** Bytes that look random and are the same in each run: SHA-256 over the seed and a counter. */
export function seededRandomBytes(seed: string | number): (size: number) => Uint8Array {
  let counter = 0;
  return (size) => {
    const parts: Buffer[] = [];
    for (let length = 0; length < size; length += 32) {
      parts.push(createHash('sha256').update(`${seed}:${counter}`).digest());
      counter += 1;
    }
    return new Uint8Array(Buffer.concat(parts).subarray(0, size));
  };
}
