import { describe, expect, it } from 'vitest';
import { type Decider, fold } from './decider.js';
import { given } from './given.js';
import { Refusal } from './refusal.error.js';

type Command = { type: 'switch'; to: 'on' | 'off' } | { type: 'break' };
type DomainEvent = { type: 'SwitchedOn' } | { type: 'SwitchedOff' };

const lamp: Decider<Command, DomainEvent, { on: boolean }> = {
  initialState: { on: false },
  decide(state, command) {
    if (command.type === 'break') throw new Refusal('forbidden', 'Nobody may break the lamp.');
    if (state.on === (command.to === 'on')) return [];
    return [{ type: command.to === 'on' ? 'SwitchedOn' : 'SwitchedOff' }];
  },
  evolve: (_state, event) => ({ on: event.type === 'SwitchedOn' }),
};

describe('a decider', () => {
  it('folds its domain events in order, from the beginning or from an earlier state', () => {
    expect(fold(lamp, [])).toEqual({ on: false });
    expect(fold(lamp, [{ type: 'SwitchedOn' }, { type: 'SwitchedOff' }])).toEqual({ on: false });
    expect(fold(lamp, [], { on: true })).toEqual({ on: true });
  });

  it('is specified by given, when, then', () => {
    given(lamp, [])
      .when({ type: 'switch', to: 'on' })
      .expect([{ type: 'SwitchedOn' }]);
    given(lamp, []).when({ type: 'switch', to: 'off' }).expectNothing();
    given(lamp, []).when({ type: 'break' }).expectRefusal('forbidden');
  });

  it('fails a specification that does not hold', () => {
    expect(() => given(lamp, []).when({ type: 'switch', to: 'on' }).expectNothing()).toThrow();
    expect(() => given(lamp, []).when({ type: 'switch', to: 'on' }).expectRefusal('forbidden')).toThrow(/accepted/);
    expect(() => given(lamp, []).when({ type: 'break' }).expectRefusal('conflict')).toThrow();
    expect(() => given(lamp, []).when({ type: 'break' }).expect([])).toThrow(Refusal);
  });
});
