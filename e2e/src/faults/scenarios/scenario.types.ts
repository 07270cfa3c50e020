import type { WorldPlan } from '../world/world.ts';
import type { Stage } from './stage.ts';

/** A fault and the load that it meets. Afterwards everything is healed and the oracle judges. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly dispatchers: 1 | 2;
  readonly world: WorldPlan;
  /** How many faults a run makes unless told otherwise. */
  readonly count: number;
  /** Services note times that are wrong by whole hours. */
  readonly clocksGoWrong?: boolean;
  /** Returns what is worth a line in the report besides the oracle's verdict; throws when the fault could not be made. */
  run(stage: Stage): Promise<readonly string[]>;
}
