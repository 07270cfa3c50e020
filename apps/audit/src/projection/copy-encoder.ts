/**
 * Rows in Postgres's binary COPY format: no escaping here and no text to parse there.
 * Source: PostgreSQL documentation, COPY, "Binary Format"; field formats are those of the types' send functions.
 */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER_TAIL_BYTES = 8;
const FIRST_BYTES = 64 * 1024;
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const TWO_32 = 2 ** 32;
const TEXT_OID = 25;
/** UTF-8 needs at most three bytes a UTF-16 unit. */
const UTF8_BYTES_PER_UNIT = 3;

/** Postgres has no zero character in texts. */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}

export class CopyEncoder {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  /** Of the same memory: its writes are not checked twice as the buffer's are. */
  #view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.byteLength);
  #length = 0;

  /** Begins a stream; the one before must have been sent, for its memory is used again. */
  start(): void {
    SIGNATURE.copy(this.#buffer);
    this.#buffer.fill(0, SIGNATURE.length, SIGNATURE.length + HEADER_TAIL_BYTES);
    this.#length = SIGNATURE.length + HEADER_TAIL_BYTES;
  }

  get capacityBytes(): number {
    return this.#buffer.length;
  }

  row(columns: number): void {
    this.#reserve(2);
    this.#view.setInt16(this.#length, columns);
    this.#length += 2;
  }

  null(): void {
    this.#int32(-1);
  }

  integer(value: number | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#int32(4);
    this.#int32(value);
  }

  bigint(value: number | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#int32(8);
    this.#int64(value);
  }

  double(value: number): void {
    this.#int32(8);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  boolean(value: boolean): void {
    this.#int32(1);
    this.#reserve(1);
    this.#view.setInt8(this.#length, value ? 1 : 0);
    this.#length += 1;
  }

  /** Postgres counts microseconds from 2000. */
  timestamptz(unixMs: number | null): void {
    if (unixMs === null) {
      this.null();
      return;
    }
    this.#int32(8);
    this.#int64((unixMs - POSTGRES_EPOCH_MS) * 1000);
  }

  text(value: string | null): void {
    if (value === null) {
      this.null();
      return;
    }
    const text = storable(value);
    this.#reserve(4 + text.length * UTF8_BYTES_PER_UNIT);
    const bytes = this.#buffer.write(text, this.#length + 4, 'utf8');
    this.#view.setInt32(this.#length, bytes);
    this.#length += 4 + bytes;
  }

  bytes(value: Buffer | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#int32(value.length);
    this.#reserve(value.length);
    this.#length += value.copy(this.#buffer, this.#length);
  }

  /** Header (dimensions, has nulls, element type), then length and lower bound of the only dimension, then elements. */
  textArray(values: readonly string[] | null): void {
    if (values === null) {
      this.null();
      return;
    }
    const start = this.#length;
    this.#int32(0);
    this.#int32(values.length > 0 ? 1 : 0);
    this.#int32(0);
    this.#int32(TEXT_OID);
    if (values.length > 0) {
      this.#int32(values.length);
      this.#int32(1);
    }
    for (const value of values) this.text(value);
    this.#view.setInt32(start, this.#length - start - 4);
  }

  /** The whole stream, its trailer included. */
  end(): Buffer {
    this.#reserve(2);
    this.#view.setInt16(this.#length, -1);
    this.#length += 2;
    return this.#buffer.subarray(0, this.#length);
  }

  #int32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#length, value);
    this.#length += 4;
  }

  /** Two's complement: the low half is the rest above the floored high half, also of a number below zero. */
  #int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / TWO_32);
    this.#view.setInt32(this.#length, high);
    this.#view.setUint32(this.#length + 4, value - high * TWO_32);
    this.#length += 8;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength);
  }
}
