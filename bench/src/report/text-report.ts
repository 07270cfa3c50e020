import type { Percentiles } from '../measure/percentiles.ts';
import type { IdleResult, LoadScenarioResult, ScenarioResult } from '../scenarios/scenarios.ts';

const MEBIBYTE = 1024 * 1024;

const mebibytes = (bytes: number): string => `${Math.round(bytes / MEBIBYTE)} MiB`;
const row = (name: string, ...cells: string[]): string =>
  `  ${name.padEnd(24)}${cells.map((cell) => cell.padStart(12)).join('')}`;

function percentilesRow(name: string, { p50, p90, p99, max }: Percentiles): string {
  return row(name, ...[p50, p90, p99, max].map((value) => value.toFixed(1)));
}

function idleReport({ residentBytes, totalBytes }: IdleResult): string[] {
  return [
    'idle',
    row('', 'RSS'),
    ...residentBytes.map(({ name, bytes }) => row(name, mebibytes(bytes))),
    row('whole stack', mebibytes(totalBytes)),
  ];
}

function loadReport(result: LoadScenarioResult): string[] {
  const { usage } = result;
  return [
    `${result.scenario}: ${result.seconds} s after a warm-up of ${result.warmUpSeconds} s`,
    row('deliveries a second', result.deliveriesPerSecond.toFixed(0)),
    row('events, deliveries', String(result.events), String(result.deliveries)),
    row('latency in ms', 'p50', 'p90', 'p99', 'max'),
    percentilesRow('accepted → received', result.acceptedToReceivedMs),
    percentilesRow('sent → received', result.sentToReceivedMs),
    row('', 'CPU-ms each', 'peak RSS'),
    ...usage.map(({ name, cpuMsPerDelivery, peakBytes }) =>
      row(name, cpuMsPerDelivery.toFixed(3), mebibytes(peakBytes)),
    ),
    row('all processes', result.cpuMsPerDelivery.toFixed(3)),
    `  Each event arrived exactly once and in order; the event log was complete ${Math.round(result.eventLogLagMs)} ms after the last delivery.`,
  ];
}

export function textReport(result: ScenarioResult): string {
  return `${(result.scenario === 'idle' ? idleReport(result) : loadReport(result)).join('\n')}\n`;
}
