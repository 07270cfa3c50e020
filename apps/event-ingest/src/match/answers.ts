import type { EventValues } from './event-values.js';
import type { AskedEvent, KnownCondition } from './filter-index.js';

/** What each condition says of one event after the other, so that many filters with the same condition ask it once. */
export class Answers {
  /** By condition: the turn in which it was asked last. */
  private readonly turns: Float64Array;
  private readonly held: Uint8Array;
  private turn = 0;

  constructor(conditionCount: number) {
    this.turns = new Float64Array(conditionCount);
    this.held = new Uint8Array(conditionCount);
  }

  /** The answers about one event; those about the event before are forgotten. */
  of(values: EventValues): AskedEvent {
    this.turn += 1;
    const { turn, turns, held } = this;
    return {
      at: (pointer) => values.at(pointer),
      holds: (condition: KnownCondition) => {
        const { number } = condition;
        if (turns[number] !== turn) {
          turns[number] = turn;
          held[number] = condition.holds(values.at(condition.pointer)) ? 1 : 0;
        }
        return held[number] === 1;
      },
    };
  }
}
