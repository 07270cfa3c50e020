import { describe, expect, it } from 'vitest';
import { type TurnBounds, Turns } from './turns.js';

interface Named {
  name: string;
  tenantId: string;
  origin: string;
}

const turn = (name: string, tenantId = 'a', origin = 'o'): Named => ({ name, tenantId, origin });

function turnsOf(bounds: Partial<TurnBounds>): { turns: Turns<Named>; started: string[] } {
  const started: string[] = [];
  const all = { inFlightMax: 100, perTenantMax: 100, perOriginMax: 100, ...bounds };
  return { turns: new Turns<Named>(all, ({ name }) => started.push(name)), started };
}

describe('turns', () => {
  it('go across tenants, not to who asked most', () => {
    const { turns, started } = turnsOf({ inFlightMax: 1 });
    const first = turn('a1');
    for (const each of [first, turn('a2'), turn('a3'), turn('b1', 'b')]) turns.request(each);
    turns.release(first);
    turns.release(turn('a2'));
    expect(started).toEqual(['a1', 'a2', 'b1']);
  });

  it('let another origin go first where one is at its bound', () => {
    const { turns, started } = turnsOf({ perOriginMax: 1 });
    const slow = turn('slow', 'a', 'slow');
    for (const each of [slow, turn('slow2', 'a', 'slow'), turn('fast', 'a', 'fast')]) turns.request(each);
    expect(started).toEqual(['slow', 'fast']);
    turns.release(slow);
    expect(started).toEqual(['slow', 'fast', 'slow2']);
  });

  it('keep a tenant within its bound', () => {
    const { turns, started } = turnsOf({ perTenantMax: 1 });
    for (const each of [turn('a1'), turn('a2'), turn('b1', 'b')]) turns.request(each);
    expect(started).toEqual(['a1', 'b1']);
  });

  it('can be taken back before they begin', () => {
    const { turns, started } = turnsOf({ inFlightMax: 1 });
    const [first, second, third] = [turn('a1'), turn('a2'), turn('b1', 'b')];
    for (const each of [first, second, third]) turns.request(each);
    expect([turns.withdraw(first), turns.withdraw(second)]).toEqual([false, true]);
    turns.release(first);
    expect(started).toEqual(['a1', 'b1']);
  });

  it('do not leave an origin idle behind a tenant that is at its bound', () => {
    const { turns, started } = turnsOf({ perTenantMax: 2, perOriginMax: 1 });
    const first = turn('b1', 'b', 'shared');
    for (const each of [first, turn('a1', 'a', 'x'), turn('a2', 'a', 'shared'), turn('b2', 'b', 'shared')]) {
      turns.request(each);
    }
    turns.request(turn('a3', 'a', 'y'));
    expect(started).toEqual(['b1', 'a1', 'a3']);
    turns.release(first);
    expect(started).toEqual(['b1', 'a1', 'a3', 'b2']);
  });

  it('go on when one that was next at an origin is taken back', () => {
    const { turns, started } = turnsOf({ perTenantMax: 1, perOriginMax: 1 });
    const [first, second] = [turn('b1', 'b', 'shared'), turn('a2', 'a', 'shared')];
    for (const each of [first, second, turn('a1', 'a', 'x'), turn('c1', 'c', 'shared')]) turns.request(each);
    turns.release(first);
    turns.withdraw(second);
    expect(started).toContain('c1');
  });
});
