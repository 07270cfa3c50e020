import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child.ts';
import type { LoadCommand, LoadReport, LoadRun, StreamTimes } from './load/load.types.ts';
import type { ReceiveCommand, Received, ReceiveReport } from './receive/receive.types.ts';

const POLL_MS = 20;
const DRAIN_TIMEOUT_MS = 60_000;

export type Load = Child<LoadCommand, LoadReport>;
export type Receiver = Child<ReceiveCommand, ReceiveReport>;

export interface Wire {
  load: Load;
  receiver: Receiver;
  /** Deliveries received in the present run. */
  delivered: number;
  nextRun: number;
}

export interface LoadResult {
  accepted: number;
  deliveries: number;
  /** Received within the run's time, and how long that was. */
  deliveriesInTime: number;
  durationMs: number;
  streams: StreamTimes[];
  received: Received[];
}

export type LoadPlan = Omit<LoadRun, 'run'>;

/**
 * Sends a run's events and waits until each was delivered; throws unless each came exactly once and in order.
 * @param onSent after all were accepted: the moment to heal endpoints that could not receive them
 */
export async function runLoad(
  wire: Wire,
  plan: LoadPlan,
  onSent: () => Promise<unknown> = async () => {},
): Promise<LoadResult> {
  const run = wire.nextRun;
  wire.nextRun += 1;
  wire.delivered = 0;
  wire.receiver.tell({ kind: 'begin', run });
  const finished = wire.load.ask({ kind: 'run', run: { ...plan, run } }, 'finished');
  const startedAt = performance.now();
  await Promise.race([sleep(plan.durationMs, undefined, { ref: false }), finished]);
  const deliveriesInTime = wire.delivered;
  const durationMs = performance.now() - startedAt;
  const { accepted, streams } = await finished;
  await onSent();
  await drained(wire, accepted * plan.deliveriesPerEvent);
  const { count, received, faults } = await wire.receiver.ask({ kind: 'end' }, 'ended');
  if (faults.first !== null) {
    throw new Error(
      `not exactly once and in order: ${faults.repeated} repeated, ${faults.outOfOrder} out of order, ` +
        `${faults.foreign} foreign; first: ${faults.first}`,
    );
  }
  return { accepted, deliveries: count, deliveriesInTime, durationMs, streams, received };
}

async function drained(wire: Wire, expected: number): Promise<void> {
  const deadline = performance.now() + DRAIN_TIMEOUT_MS;
  while (wire.delivered < expected) {
    if (performance.now() > deadline) {
      throw new Error(
        `${wire.delivered} of ${expected} deliveries came within ${DRAIN_TIMEOUT_MS / 1_000} s of the last event`,
      );
    }
    await sleep(POLL_MS);
  }
}
