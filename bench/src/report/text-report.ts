import { type Figure, type FiguresResult, isMet, MEBIBYTE } from '../measure/figures.ts';
import type { Percentiles } from '../measure/percentiles.ts';
import type { IdleResult, LoadScenarioResult } from '../scenarios/load-scenarios.ts';

export type ScenarioResult = IdleResult | LoadScenarioResult | FiguresResult;

const mebibytes = (bytes: number): string => `${Math.round(bytes / MEBIBYTE)} MiB`;
const row = (name: string, ...cells: string[]): string =>
  `  ${name.padEnd(24)}${cells.map((cell) => cell.padStart(12)).join('')}`;

function percentilesRow(name: string, { p50, p90, p99, max }: Percentiles): string {
  return row(name, ...[p50, p90, p99, max].map((value) => value.toFixed(1)));
}

function idleReport({ processes, residentBytes, cpuMsPerSecond }: IdleResult): string[] {
  return [
    'idle',
    row('', 'RSS', 'CPU-ms a s'),
    ...processes.map((one) => row(one.name, mebibytes(one.residentBytes), one.cpuMsPerSecond.toFixed(1))),
    row('whole stack', mebibytes(residentBytes), cpuMsPerSecond.toFixed(1)),
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
    ...usage.map(({ name, cpuMsEach, peakBytes }) => row(name, cpuMsEach.toFixed(3), mebibytes(peakBytes))),
    row('all processes', result.cpuMsPerDelivery.toFixed(3)),
    `  Each event arrived exactly once and in order; the event log was complete ${Math.round(result.eventLogLagMs)} ms after the last delivery.`,
  ];
}

function wantedText(figure: Figure): string {
  const { wanted, unit } = figure;
  if (wanted === undefined) return '';
  const bound = 'atMost' in wanted ? `at most ${wanted.atMost}` : `at least ${wanted.atLeast}`;
  return `   wanted: ${bound} ${unit}${isMet(figure) ? '' : ' – MISSED'}`;
}

function figuresReport({ scenario, title, figures }: FiguresResult): string[] {
  const width = Math.max(...figures.map(({ name }) => name.length)) + 2;
  const lines = figures.map((figure) => {
    const { name, value, digits, unit } = figure;
    return `  ${name.padEnd(width)}${value.toFixed(digits).padStart(10)} ${unit.padEnd(6)}${wantedText(figure)}`.trimEnd();
  });
  return [`${scenario}: ${title}`, ...lines];
}

function linesOf(result: ScenarioResult): string[] {
  if ('figures' in result) return figuresReport(result);
  return result.scenario === 'idle' ? idleReport(result) : loadReport(result);
}

export function textReport(result: ScenarioResult): string {
  return `${linesOf(result).join('\n')}\n`;
}
