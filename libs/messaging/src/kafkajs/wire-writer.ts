const TWO_32 = 2 ** 32;

export type Bytes = Buffer | string | null | undefined;

const lengthOf = (bytes: Buffer | string): number =>
  typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;

/** Bytes of a whole number as a zigzag varint. */
export function varIntSize(value: number): number {
  const zigZag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigZag < 0x80) return 1;
  if (zigZag < 0x4000) return 2;
  if (zigZag < 0x200000) return 3;
  return zigZag < 0x10000000 ? 4 : 5;
}

/** Bytes of a length-prefixed string or buffer; null is a length of -1. */
export function bytesSize(bytes: Bytes): number {
  if (bytes === null || bytes === undefined) return 1;
  const length = lengthOf(bytes);
  return varIntSize(length) + length;
}

/** Writes at a running offset into a buffer of exactly the right size. */
export class WireWriter {
  at = 0;

  constructor(readonly buffer: Buffer) {}

  int8(value: number): void {
    this.at = this.buffer.writeInt8(value, this.at);
  }

  int16(value: number): void {
    this.at = this.buffer.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  /** A whole number below 2^53, or -1. */
  int64(value: number): void {
    this.int32(Math.floor(value / TWO_32));
    this.at = this.buffer.writeUInt32BE(value < 0 ? TWO_32 + value : value % TWO_32, this.at);
  }

  varInt(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest >= 0x80; rest >>>= 7) this.buffer[this.at++] = (rest & 0x7f) | 0x80;
    this.buffer[this.at++] = rest;
  }

  string(text: string): void {
    this.int16(Buffer.byteLength(text));
    this.at += this.buffer.write(text, this.at);
  }

  bytes(bytes: Bytes): void {
    this.varInt(bytes === null || bytes === undefined ? -1 : lengthOf(bytes));
    if (typeof bytes === 'string') this.at += this.buffer.write(bytes, this.at);
    else if (bytes) this.at += bytes.copy(this.buffer, this.at);
  }
}
