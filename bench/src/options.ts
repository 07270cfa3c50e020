import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What runs when none is named: a minute and a half. */
export const LOAD_SCENARIOS = ['idle', 'latency', 'throughput', 'fan-out'] as const;
/** Each brings up what it needs, and takes minutes. */
export const LONG_SCENARIOS = [
  'isolation',
  'hostile-receivers',
  'recovery',
  'parked-lanes',
  'dispatcher-alone',
  'decisions',
  'configuration',
  'event-log',
  'front-door',
  'slow-connections',
  'noisy-tenant',
  'audit-views',
  'matching',
] as const;
export const SCENARIOS = [...LOAD_SCENARIOS, ...LONG_SCENARIOS] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

const SECONDS_MAX = 600;
const INTEGRATIONS_MAX = 1_000;
const STREAMS_MAX = 64;
const WINDOW_MAX = 100_000;
const RATE_MAX = 10_000;
const DATA_BYTES_MAX = 200_000;
const PARKED_MAX = 1_000_000;
const LANES_MAX = 100_000;
const CONFIGURED_MAX = 100_000;
const DELIVERIES_MAX = 1_000_000;
const ROWS_MAX = 100_000_000;

export interface BenchOptions {
  scenarios: readonly ScenarioName[];
  /** Length of the measured part of throughput and fan-out, and at least of each part of isolation. */
  seconds: number;
  warmUpSeconds: number;
  integrations: number;
  /** Senders an integration; each waits for its 202 before the next event, so that its events have an order. */
  streams: number;
  /** Events accepted and not yet delivered, over all senders, beyond which none is sent. */
  window: number;
  /** Events a second of the scenarios latency, isolation and recovery; decisions of the scenario of that name. */
  rate: number;
  /** Deliveries that wait for the endpoint of the scenario recovery. */
  parked: number;
  /** Parked lanes of the scenario of that name. */
  lanes: number;
  /** Of each run of the scenario dispatcher-alone. */
  deliveries: number;
  /** Integrations of the scenario configuration: so many in one tenant, and as many over others; of matching: in one tenant. */
  configured: number;
  /** Attempts of the scenario event-log. */
  rows: number;
  /** About the size of an event's data. */
  dataBytes: number;
  json: boolean;
  /** Keeps the stack's folder, logs included, for a look. */
  keep: boolean;
  /** Writes a CPU profile of each service into this folder. */
  profile: string | null;
}

const USAGE = `npm run bench -- [${SCENARIOS.join('|')}…] [--seconds 20] [--warm-up-seconds 5] [--integrations 20]
  [--streams 2] [--window 2000] [--rate 200] [--data-bytes 300] [--parked 100000] [--lanes 10000] [--deliveries 240000]
  [--configured 10000] [--rows 10000000] [--json] [--keep] [--profile <folder>]
Without a name: ${LOAD_SCENARIOS.join(', ')}.`;

export class UsageError extends Error {}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new UsageError(`--${name} is a whole number from 1 to ${max}, not "${text}".\n${USAGE}`);
}

function isScenario(name: string): name is ScenarioName {
  return (SCENARIOS as readonly string[]).includes(name);
}

/** Reads the command line; throws `UsageError` with what is understood. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const unknown = positionals.find((name) => !isScenario(name));
  if (unknown !== undefined) throw new UsageError(`There is no scenario "${unknown}".\n${USAGE}`);
  const scenarios = positionals.length === 0 ? LOAD_SCENARIOS : SCENARIOS.filter((name) => positionals.includes(name));
  return {
    scenarios,
    seconds: wholeNumber('seconds', values.seconds, SECONDS_MAX),
    warmUpSeconds: wholeNumber('warm-up-seconds', values['warm-up-seconds'], SECONDS_MAX),
    integrations: wholeNumber('integrations', values.integrations, INTEGRATIONS_MAX),
    streams: wholeNumber('streams', values.streams, STREAMS_MAX),
    window: wholeNumber('window', values.window, WINDOW_MAX),
    rate: wholeNumber('rate', values.rate, RATE_MAX),
    dataBytes: wholeNumber('data-bytes', values['data-bytes'], DATA_BYTES_MAX),
    parked: wholeNumber('parked', values.parked, PARKED_MAX),
    lanes: wholeNumber('lanes', values.lanes, LANES_MAX),
    deliveries: wholeNumber('deliveries', values.deliveries, DELIVERIES_MAX),
    configured: wholeNumber('configured', values.configured, CONFIGURED_MAX),
    rows: wholeNumber('rows', values.rows, ROWS_MAX),
    json: values.json,
    keep: values.keep,
    profile: values.profile === undefined ? null : resolve(values.profile),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '20' },
        'warm-up-seconds': { type: 'string', default: '5' },
        integrations: { type: 'string', default: '20' },
        streams: { type: 'string', default: '2' },
        window: { type: 'string', default: '2000' },
        rate: { type: 'string', default: '200' },
        'data-bytes': { type: 'string', default: '300' },
        parked: { type: 'string', default: '100000' },
        lanes: { type: 'string', default: '10000' },
        deliveries: { type: 'string', default: '240000' },
        configured: { type: 'string', default: '10000' },
        rows: { type: 'string', default: '10000000' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        profile: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}
