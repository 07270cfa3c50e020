import type { StreamTimes } from '../load/load.types.ts';
import type { Received } from '../receive/receive.types.ts';

export interface Latencies {
  /** From the 202 to the receiver; below zero counts as zero: a delivery can be faster than its answer. */
  acceptedMs: Float64Array;
  /** From sending the event to the receiver. */
  sentMs: Float64Array;
}

/** One latency a delivery. */
export function latenciesOf(streams: readonly StreamTimes[], received: readonly Received[]): Latencies {
  const total = received.reduce((sum, { atMs }) => sum + atMs.length, 0);
  const accepted = new Float64Array(total);
  const sent = new Float64Array(total);
  let next = 0;
  for (const { stream, atMs } of received) {
    const times = streams[stream];
    if (!times) continue;
    atMs.forEach((at, number) => {
      accepted[next] = Math.max(0, at - (times.acceptedMs[number] ?? at));
      sent[next] = at - (times.sentMs[number] ?? at);
      next += 1;
    });
  }
  return { acceptedMs: accepted.subarray(0, next), sentMs: sent.subarray(0, next) };
}

/** From the 202 to the receiver, of the events that were sent from this time of the clock on. */
export function acceptedMsFrom(sinceMs: number, streams: readonly StreamTimes[], received: readonly Received[]) {
  const latencies = received.flatMap(({ stream, atMs }) => {
    const times = streams[stream];
    if (!times) return [];
    return Array.from(atMs, (at, number) => {
      const isMeant = (times.sentMs[number] ?? 0) >= sinceMs;
      return isMeant ? [Math.max(0, at - (times.acceptedMs[number] ?? at))] : [];
    }).flat();
  });
  return Float64Array.from(latencies);
}
