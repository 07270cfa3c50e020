import { setTimeout as sleep } from 'node:timers/promises';
import { latenciesOf } from '../measure/latencies.ts';
import { type Percentiles, percentilesOf } from '../measure/percentiles.ts';
import { type PartUsage, residentBytes, startUsage } from '../measure/usage-of-parts.ts';
import type { Bench } from '../open-bench.ts';
import { type LoadPlan, runLoad } from '../run-load.ts';

/** After the start, until timers, caches and garbage have settled. */
const SETTLE_MS = 5_000;
const LATENCY_SECONDS = 10;
const IDLE_SECONDS = 10;

export interface IdleResult {
  scenario: 'idle';
  /** What each process takes while nothing happens. */
  processes: { name: string; residentBytes: number; cpuMsPerSecond: number }[];
  residentBytes: number;
  cpuMsPerSecond: number;
}

export interface LoadScenarioResult {
  scenario: 'latency' | 'throughput' | 'fan-out';
  warmUpSeconds: number;
  seconds: number;
  events: number;
  deliveries: number;
  deliveriesPerSecond: number;
  /** From the 202 to the receiver. */
  acceptedToReceivedMs: Percentiles;
  /** From the sending of the event, thus with its acceptance. */
  sentToReceivedMs: Percentiles;
  usage: PartUsage[];
  cpuMsPerDelivery: number;
  /** From the last delivery until the event log had a row for each. */
  eventLogLagMs: number;
}

export async function idle({ stack }: Bench): Promise<IdleResult> {
  await sleep(SETTLE_MS);
  const usageSince = startUsage(stack);
  await sleep(IDLE_SECONDS * 1_000);
  const usage = usageSince(IDLE_SECONDS);
  const processes = residentBytes(stack).map(({ name, bytes }, index) => ({
    name,
    residentBytes: bytes,
    cpuMsPerSecond: usage[index]?.cpuMsEach ?? 0,
  }));
  return {
    scenario: 'idle',
    processes,
    residentBytes: processes.reduce((sum, one) => sum + one.residentBytes, 0),
    cpuMsPerSecond: processes.reduce((sum, one) => sum + one.cpuMsPerSecond, 0),
  };
}

const UNPACED = { ratePerSecond: null, backlog: 0, deliveriesPerEvent: 1, fanOut: false } as const;

export function latency(bench: Bench): Promise<LoadScenarioResult> {
  const { rate, window } = bench.options;
  return measured(bench, 'latency', LATENCY_SECONDS, { ...UNPACED, ratePerSecond: rate, window });
}

/** One event, one delivery: each integration takes a type of its own. */
export function throughput(bench: Bench): Promise<LoadScenarioResult> {
  const { seconds, window } = bench.options;
  return measured(bench, 'throughput', seconds, { ...UNPACED, window });
}

/** One event, a delivery to every integration. */
export function fanOut(bench: Bench): Promise<LoadScenarioResult> {
  const { seconds, window, integrations } = bench.options;
  return measured(bench, 'fan-out', Math.ceil(seconds / 2), {
    ...UNPACED,
    window: Math.max(1, Math.ceil(window / integrations)),
    deliveriesPerEvent: integrations,
    fanOut: true,
  });
}

/** A warm-up like the measured part, then that part; both end when the event log has a row for each delivery. */
async function measured(
  bench: Bench,
  scenario: LoadScenarioResult['scenario'],
  seconds: number,
  plan: Omit<LoadPlan, 'durationMs'>,
): Promise<LoadScenarioResult> {
  const { wire, all, eventLog, options } = bench;
  const rowsBefore = await eventLog.rows();
  const warmUp = await runLoad(wire, { ...plan, durationMs: options.warmUpSeconds * 1_000 });
  await eventLog.reached(rowsBefore + warmUp.deliveries);
  const usageSince = startUsage(all);
  const result = await runLoad(wire, { ...plan, durationMs: seconds * 1_000 });
  const eventLogLagMs = await eventLog.reached(rowsBefore + warmUp.deliveries + result.deliveries);
  const usage = usageSince(result.deliveries);
  const latencies = latenciesOf(result.streams, result.received);
  return {
    scenario,
    warmUpSeconds: options.warmUpSeconds,
    seconds,
    events: result.accepted,
    deliveries: result.deliveries,
    deliveriesPerSecond: (result.deliveriesInTime / result.durationMs) * 1_000,
    acceptedToReceivedMs: percentilesOf(latencies.acceptedMs),
    sentToReceivedMs: percentilesOf(latencies.sentMs),
    usage,
    cpuMsPerDelivery: usage.reduce((sum, part) => sum + part.cpuMsEach, 0),
    eventLogLagMs,
  };
}
