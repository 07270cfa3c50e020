import { parseArgs } from 'node:util';

export interface FuzzOptions {
  /** How long requests are made, start and stop of the stack not counted. */
  minutes: number;
  seed: number;
  /** The reports and the logs of the services stay. */
  keep: boolean;
  /** A machine that cannot run the fuzzer leaves it out, unless it is one of CI. */
  optional: boolean;
}

export const USAGE = 'npm run fuzz -- [--minutes 3] [--seed 1] [--keep] [--optional]';
const MINUTES_MAX = 24 * 60;
const SEED_MAX = 2 ** 31;

export class UsageError extends Error {}

/** Reads the command line; throws `UsageError` with what is understood. */
export function fuzzOptions(args: readonly string[]): FuzzOptions {
  const { minutes, seed, keep, optional } = parse(args);
  return {
    minutes: numberOf('minutes', minutes, (value) => value >= 1 && value <= MINUTES_MAX),
    seed: numberOf('seed', seed, (value) => Number.isInteger(value) && value >= 0 && value < SEED_MAX),
    keep,
    optional,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '3' },
        seed: { type: 'string', default: '1' },
        keep: { type: 'boolean', default: false },
        optional: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`);
  }
}

function numberOf(name: string, text: string, isRight: (value: number) => boolean): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!isRight(value)) throw new UsageError(`--${name} cannot be "${text}".\n${USAGE}`);
  return value;
}
