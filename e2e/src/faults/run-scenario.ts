import { setTimeout as sleep } from 'node:timers/promises';
import type { Evidence, Finding } from './oracle/evidence.types.ts';
import { type GatherOptions, gatherEvidence } from './oracle/gather-evidence.ts';
import { judge } from './oracle/oracle.ts';
import { duplicates, unjournaled } from './oracle/repeated.ts';
import type { Scenario } from './scenarios/scenario.types.ts';
import { Stage } from './scenarios/stage.ts';
import { SeededRandom } from './seeded-random.ts';
import type { FaultStack } from './stack/fault-stack.ts';
import { World } from './world/world.ts';

/** Views lag: the verdict counts once it is clean, or after this long. */
const VERDICT_TIMEOUT_MS = 10_000;
const VERDICT_POLL_MS = 500;

export interface ScenarioResult {
  name: string;
  seed: number;
  seconds: number;
  faults: number;
  accepted: number;
  refused: number;
  requests: number;
  duplicates: number;
  /** Requests that the journal does not have; each is one that a fault cut off, else there is a finding. */
  cutOff: number;
  notes: readonly string[];
  findings: readonly Finding[];
  evidence: Evidence;
}

/** Runs a scenario on a healed stack, heals it, lets it come to rest, restarts the dispatchers in order, and judges. */
export async function runScenario(
  stack: FaultStack,
  scenario: Scenario,
  { seed, count = scenario.count }: { seed: number; count?: number | undefined },
): Promise<ScenarioResult> {
  const begunAtMs = performance.now();
  await stack.heal(scenario.dispatchers);
  const world = await World.create(stack, scenario.world, seed);
  try {
    const stage = new Stage({ stack, world, random: new SeededRandom(seed), count });
    const { notes, problems } = await perform(stage, scenario);
    const { evidence, findings } = await verdict(stack, world, {
      faults: stage.faults,
      wholeHours: scenario.clocksGoWrong ?? false,
    });
    return {
      name: scenario.name,
      seed,
      seconds: Math.round((performance.now() - begunAtMs) / 1_000),
      faults: stage.faults.length,
      accepted: evidence.accepted.length,
      refused: world.refused,
      requests: evidence.requests.length,
      duplicates: duplicates(evidence),
      cutOff: unjournaled(evidence).length,
      notes,
      findings: [...problems, ...findings],
      evidence,
    };
  } finally {
    await world.close();
  }
}

async function perform(stage: Stage, scenario: Scenario): Promise<{ notes: readonly string[]; problems: Finding[] }> {
  const problems: Finding[] = [];
  const attempt = async (rule: string, work: () => Promise<void>): Promise<void> => {
    await work().catch((error: unknown) => problems.push({ rule, what: String(error) }));
  };
  let notes: readonly string[] = [];
  await attempt('the scenario can be played', async () => {
    notes = await scenario.run(stage);
  });
  await attempt('all comes back', () => stage.stack.heal(scenario.dispatchers));
  await stage.world.stopSending();
  await attempt('all deliveries end', () => stage.rest());
  await attempt('a restart in order repeats nothing', () => restartInOrder(stage));
  await attempt('all deliveries end', () => stage.rest());
  return { notes, problems };
}

/** No fault is noted, so that whatever is sent again is found; then one more event of each tenant comes through. */
async function restartInOrder({ stack, world }: Stage): Promise<void> {
  const running = (['dispatcher', 'dispatcher-2'] as const)
    .map((name) => stack.service(name))
    .filter((s) => s.isRunning);
  await Promise.all(running.map((service) => service.stop()));
  await Promise.all(running.map((service) => service.start()));
  for (const sender of world.senders) await sender.sendOne();
}

async function verdict(
  stack: FaultStack,
  world: World,
  options: GatherOptions,
): Promise<{ evidence: Evidence; findings: Finding[] }> {
  const deadline = performance.now() + VERDICT_TIMEOUT_MS;
  for (;;) {
    const evidence = await gatherEvidence(stack, world, options);
    const findings = judge(evidence);
    if (findings.length === 0 || performance.now() > deadline) return { evidence, findings };
    await sleep(VERDICT_POLL_MS);
  }
}
