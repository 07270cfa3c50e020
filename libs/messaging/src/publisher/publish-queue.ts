import type { OutgoingRecord } from '../port/records.js';
import { PARTITION_REQUEST_MAX_BYTES, REQUEST_MAX_BYTES, REQUEST_MAX_RECORDS } from './publisher.bounds.js';

/** One `publish`: its records may travel in several requests. */
export interface PublishCall {
  records: readonly OutgoingRecord[];
  sizes: readonly number[];
  offsets: number[];
  /** Records that were put into requests. */
  taken: number;
  resolve(offsets: readonly number[]): void;
  reject(error: Error): void;
}

/** Records of one request, in order, with the calls that they came from. */
export interface RequestBatch {
  records: OutgoingRecord[];
  /** Which records came from which call, in order. */
  parts: { call: PublishCall; from: number; count: number }[];
  bytes: number;
}

/** Calls that wait, oldest first; the front of it becomes the next request, so nothing overtakes. */
export class PublishQueue {
  private calls: PublishCall[] = [];
  private head = 0;
  records = 0;
  bytes = 0;

  push(call: PublishCall, bytes: number): void {
    this.calls.push(call);
    this.records += call.records.length;
    this.bytes += bytes;
  }

  /** Takes the longest prefix that one request may hold; at least one record. */
  take(): RequestBatch {
    const batch: RequestBatch = { records: [], parts: [], bytes: 0 };
    const partitionBytes = new Map<string, number>();
    while (this.head < this.calls.length) {
      const call = this.calls[this.head];
      if (!call) break;
      if (!this.takeFrom(call, batch, partitionBytes)) break;
      this.head += 1;
    }
    this.calls = this.calls.slice(this.head);
    this.head = 0;
    return batch;
  }

  /** Everything that waits, for a publisher that gives up. */
  clear(): PublishCall[] {
    const calls = this.calls.slice(this.head);
    this.calls = [];
    this.head = 0;
    this.records = 0;
    this.bytes = 0;
    return calls;
  }

  /** Takes the rest of a rejected call out. */
  remove(call: PublishCall): void {
    if (!this.calls.includes(call)) return;
    this.calls = this.calls.filter((other) => other !== call);
    this.records -= call.records.length - call.taken;
    for (let i = call.taken; i < call.records.length; i += 1) this.bytes -= call.sizes[i] ?? 0;
  }

  /** Whether all of the call's records were taken. */
  private takeFrom(call: PublishCall, batch: RequestBatch, partitionBytes: Map<string, number>): boolean {
    const from = call.taken;
    while (call.taken < call.records.length) {
      const record = call.records[call.taken];
      const bytes = call.sizes[call.taken] ?? 0;
      if (!record) break;
      const partition = `${record.partition}/${record.topic}`;
      const inPartition = (partitionBytes.get(partition) ?? 0) + bytes;
      const full =
        batch.records.length >= REQUEST_MAX_RECORDS ||
        batch.bytes + bytes > REQUEST_MAX_BYTES ||
        inPartition > PARTITION_REQUEST_MAX_BYTES;
      if (full && batch.records.length > 0) break;
      partitionBytes.set(partition, inPartition);
      batch.records.push(record);
      batch.bytes += bytes;
      call.taken += 1;
    }
    const count = call.taken - from;
    if (count > 0) batch.parts.push({ call, from, count });
    this.records -= count;
    for (let i = from; i < call.taken; i += 1) this.bytes -= call.sizes[i] ?? 0;
    return call.taken === call.records.length;
  }
}

/** The same records in two requests, in order. */
export function halvesOf({ records, parts, bytes }: RequestBatch): [RequestBatch, RequestBatch] {
  const middle = Math.ceil(records.length / 2);
  const first: RequestBatch = { records: records.slice(0, middle), parts: [], bytes };
  const second: RequestBatch = { records: records.slice(middle), parts: [], bytes };
  let position = 0;
  for (const { call, from, count } of parts) {
    const inFirst = Math.min(Math.max(middle - position, 0), count);
    if (inFirst > 0) first.parts.push({ call, from, count: inFirst });
    if (inFirst < count) second.parts.push({ call, from: from + inFirst, count: count - inFirst });
    position += count;
  }
  return [first, second];
}
