import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultOptions } from './options.ts';
import { runScenario, type ScenarioResult } from './run-scenario.ts';
import type { Scenario } from './scenarios/scenario.types.ts';
import { FaultStack } from './stack/fault-stack.ts';

const FINDINGS_SHOWN_MAX = 12;

/** Runs the scenarios one after the other on one stack. Resolves with whether all kept their promises. */
export async function runSuite(
  scenarios: readonly Scenario[],
  options: FaultOptions,
  say: (line: string) => void,
  stopping: AbortSignal,
): Promise<boolean> {
  say('Starting a stack of its own behind fault proxies…');
  const stack = await FaultStack.start({ keep: options.keep });
  if (options.keep) say(`Its folder: ${stack.home}`);
  let passed = 0;
  let failed = 0;
  try {
    for (let round = 0; round < options.repeat; round += 1) {
      for (const scenario of scenarios) {
        if (stopping.aborted) return false;
        const result = await runScenario(stack, scenario, { seed: options.seed + round, count: options.count });
        for (const line of report(result)) say(line);
        if (result.findings.length === 0) passed += 1;
        else failed += 1;
        // With --keep the logs and the data are there for a look, and so is what the oracle saw.
        const { name, seed } = result;
        if (options.keep) writeFileSync(join(stack.home, `${name}-${seed}.json`), JSON.stringify(result, null, 1));
      }
    }
  } finally {
    await stack.stop();
    say(`${passed} passed, ${failed} failed`);
  }
  return failed === 0;
}

export function report(result: ScenarioResult): string[] {
  const { name, seed, findings } = result;
  const numbers =
    `${result.accepted} events (${result.refused} sent again), ${result.requests} requests, ` +
    `${result.duplicates} repeated, ${result.cutOff} cut off by ${result.faults} faults`;
  return [
    `${findings.length === 0 ? 'ok    ' : 'FAILED'} ${name} --seed ${seed} (${result.seconds} s): ${numbers}`,
    ...result.notes.map((note) => `       ${note}`),
    ...findings.slice(0, FINDINGS_SHOWN_MAX).map(({ rule, what }) => `     ! ${rule}: ${what}`),
    ...(findings.length > FINDINGS_SHOWN_MAX ? [`     ! and ${findings.length - FINDINGS_SHOWN_MAX} more`] : []),
  ];
}
