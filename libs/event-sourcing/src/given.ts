import { deepStrictEqual, fail } from 'node:assert/strict';
import { type Decider, fold } from './decider.js';
import { Refusal } from './refusal.error.js';

/** What a specification says of a command: the domain events it causes, none, or a refusal. */
export interface Decision<DomainEvent> {
  expect(events: readonly DomainEvent[]): void;
  expectNothing(): void;
  expectRefusal(code: string): void;
}

/** Starts a specification: given these domain events, when this command, then those domain events. */
export function given<Command, DomainEvent, State>(
  decider: Decider<Command, DomainEvent, State>,
  events: readonly DomainEvent[],
): { when(command: Command): Decision<DomainEvent> } {
  const state = fold(decider, events);
  return {
    when: (command) => ({
      expect: (expected) => deepStrictEqual(decider.decide(state, command), expected),
      expectNothing: () => deepStrictEqual(decider.decide(state, command), []),
      expectRefusal: (code) => expectRefusal(() => decider.decide(state, command), code),
    }),
  };
}

function expectRefusal(decide: () => unknown, code: string): void {
  try {
    decide();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    deepStrictEqual(error.code, code);
    return;
  }
  fail(`the command was accepted; it should be refused with "${code}"`);
}
