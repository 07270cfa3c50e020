/** CRC-32C (Castagnoli), reflected. */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** Slicing by eight: table k advances a byte over k further bytes. */
const TABLES = tables();

function tables(): Int32Array[] {
  const all = Array.from({ length: SLICES }, () => new Int32Array(256));
  const at = (slice: number): Int32Array => all[slice] ?? new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    at(0)[byte] = crc;
  }
  for (let slice = 1; slice < SLICES; slice += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      const before = at(slice - 1)[byte] ?? 0;
      at(slice)[byte] = (before >>> 8) ^ (at(0)[before & 0xff] ?? 0);
    }
  }
  return all;
}

const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

/** The checksum of `bytes[start, end)`, as an unsigned number. Node's zlib has only the other CRC-32. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  // The tables are indexed by bytes only: `as number` says what `noUncheckedIndexedAccess` cannot see.
  let crc = -1;
  let i = start;
  for (; i + SLICES <= end; i += SLICES) {
    const low =
      crc ^
      ((bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24));
    crc =
      (T7[low & 0xff] as number) ^
      (T6[(low >>> 8) & 0xff] as number) ^
      (T5[(low >>> 16) & 0xff] as number) ^
      (T4[low >>> 24] as number) ^
      (T3[bytes[i + 4] as number] as number) ^
      (T2[bytes[i + 5] as number] as number) ^
      (T1[bytes[i + 6] as number] as number) ^
      (T0[bytes[i + 7] as number] as number);
  }
  for (; i < end; i += 1) crc = (T0[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}
