import { parseArgs } from 'node:util';

export interface FaultOptions {
  /** In this order; empty = all. */
  names: readonly string[];
  seed: number;
  /** Each repetition takes the next seed. */
  repeat: number;
  /** Faults a run, over each scenario's own. */
  count: number | undefined;
  keep: boolean;
  list: boolean;
}

const USAGE = 'npm run faults -- [scenario…] [--seed 1] [--repeat 1] [--count n] [--keep] [--list]';

export class UsageError extends Error {}

/** Reads the command line; throws `UsageError` with what is understood. */
export function faultOptions(args: readonly string[], known: readonly string[]): FaultOptions {
  const { values, positionals } = parse(args);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`There is no scenario "${unknown}".\n${USAGE}\n${known.join(' ')}`);
  return {
    names: positionals,
    seed: wholeNumber('seed', values.seed),
    repeat: wholeNumber('repeat', values.repeat),
    count: values.count === undefined ? undefined : wholeNumber('count', values.count),
    keep: values.keep,
    list: values.list,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seed: { type: 'string', default: '1' },
        repeat: { type: 'string', default: '1' },
        count: { type: 'string' },
        keep: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value < 2 ** 31) return value;
  throw new UsageError(`--${name} is a whole number from 1, not "${text}".\n${USAGE}`);
}
