/**
 * The whole of an aggregate: pure functions over its state. Time, ids and randomness come in with the command.
 * `decide` answers the domain events that the command causes, none for a no-op, and throws a `Refusal` for a command
 * that the state does not allow. `evolve` never refuses: what is recorded has happened.
 */
export interface Decider<Command, DomainEvent, State> {
  readonly initialState: State;
  decide(state: State, command: Command): readonly DomainEvent[];
  evolve(state: State, event: DomainEvent): State;
}

/** The state after `events`, from the beginning or from a state that was folded before. */
export function fold<Command, DomainEvent, State>(
  decider: Decider<Command, DomainEvent, State>,
  events: Iterable<DomainEvent>,
  from: State = decider.initialState,
): State {
  let state = from;
  for (const event of events) state = decider.evolve(state, event);
  return state;
}
