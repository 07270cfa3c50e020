import { build } from '../../../tools/stack/build.ts';
import { Child } from '../child.ts';
import type { MatchCommand, Matched, MatchReport } from '../match/match.types.ts';
import { type CaseName, MATCH_CASES } from '../match/match-cases.ts';
import { type Figure, type FiguresResult, figure } from '../measure/figures.ts';
import { percentilesOf } from '../measure/percentiles.ts';
import type { BenchOptions } from '../options.ts';

const MS_A_S = 1_000;
/** Each case measures the index, and after it the scan. */
const RUNS = Object.keys(MATCH_CASES).length * 2;

/** In a process of its own, so that code compiled for one case is not what the next one is measured with. */
async function measure(name: CaseName, { configured, dataBytes, seconds }: BenchOptions): Promise<Matched> {
  const child = new Child<MatchCommand, MatchReport>('./match/match-process.ts');
  const durationMs = (seconds * MS_A_S) / RUNS;
  try {
    return await child.ask({ kind: 'run', case: name, integrations: configured, dataBytes, durationMs }, 'done');
  } finally {
    child.end();
  }
}

function figuresOf(name: CaseName, { indexedUs, scannedUs, matches, firstMs, changedMs }: Matched): Figure[] {
  const [indexed, scanned] = [percentilesOf(indexedUs), percentilesOf(scannedUs)];
  return [
    figure(`${name}: integrations an event`, matches, '', 1),
    figure(`${name}: p50`, indexed.p50, 'µs', 1),
    figure(`${name}: p99`, indexed.p99, 'µs', 1),
    figure(`${name}: p50 of asking all`, scanned.p50, 'µs', 1),
    figure(`${name}: until the first event`, firstMs, 'ms', 1),
    figure(`${name}: after a change of one`, changedMs, 'ms', 1),
  ];
}

/** What it costs to find who of a tenant wants an event: the router's matcher alone, without a stack. */
export async function matching(options: BenchOptions): Promise<FiguresResult> {
  await build();
  const figures: Figure[] = [];
  for (const name of Object.keys(MATCH_CASES) as CaseName[]) {
    figures.push(...figuresOf(name, await measure(name, options)));
  }
  const title = `${options.configured} integrations of one tenant, by their filters; ${options.dataBytes} bytes of data`;
  return { scenario: 'matching', title, figures };
}
