import fc from 'fast-check';
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

  it('keep no place of an origin for a tenant that reaches its bound before it takes it', () => {
    const { turns, started } = turnsOf({ inFlightMax: 4, perTenantMax: 2, perOriginMax: 1 });
    const running = [turn('p', 'p', 'one'), turn('q', 'q', 'two'), turn('a1', 'a', 'x')];
    const waiting = [turn('a2', 'a', 'one'), turn('b', 'b', 'one'), turn('a3', 'a', 'two')];
    const ready = [turn('r', 'r', 'r'), turn('s', 's', 's'), turn('t', 't', 't'), turn('a4', 'a', 'y')];
    for (const each of [...running, ...waiting, ...ready]) turns.request(each);
    for (const each of [running[0], running[1], ready[0], ready[1]]) if (each) turns.release(each);
    expect(started.slice(4)).toEqual(['s', 't', 'a3', 'b']);
  });

  it('may end as they begin, however many wait at an origin', () => {
    const count = 20_000;
    let [ended, isClosing] = [0, false];
    const turns = new Turns<Named>({ inFlightMax: 9, perTenantMax: 9, perOriginMax: 1 }, (each) => {
      if (!isClosing) return;
      ended += 1;
      turns.release(each);
    });
    const first = turn('first');
    turns.request(first);
    for (let n = 0; n < count; n += 1) turns.request(turn(`${n}`));
    isClosing = true;
    turns.release(first);
    expect([ended, turns.inFlight]).toEqual([count, 0]);
  });

  it('leave no place unused that somebody waits for, and keep every bound, whatever comes and goes', () => {
    const bounds = { inFlightMax: 5, perTenantMax: 2, perOriginMax: 2 };
    const numbers = { what: fc.nat(2), tenant: fc.nat(3), origin: fc.nat(3), which: fc.nat(99) };
    const anyStep = fc.record({ ...numbers, endsAtOnce: fc.boolean() });
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60, size: 'max' }), (steps) => {
        const running: Named[] = [];
        const waiting: Named[] = [];
        const turns = new Turns<Named>(bounds, (started) => {
          waiting.splice(waiting.indexOf(started), 1);
          if (atOnce.has(started.name)) turns.release(started);
          else running.push(started);
        });
        const atOnce = new Set<string>();
        const taken = (list: Named[], which: number) => list[which % list.length];
        const atTenant = (id: string) => running.filter(({ tenantId }) => tenantId === id).length;
        const atOrigin = (name: string) => running.filter(({ origin }) => origin === name).length;
        for (const [n, { what, tenant, origin, which, endsAtOnce }] of steps.entries()) {
          const ended = what === 1 ? taken(running, which) : undefined;
          const withdrawn = what === 2 ? taken(waiting, which) : undefined;
          if (ended) {
            running.splice(running.indexOf(ended), 1);
            turns.release(ended);
          } else if (withdrawn) {
            waiting.splice(waiting.indexOf(withdrawn), 1);
            turns.withdraw(withdrawn);
          } else {
            const asked = turn(`${n}`, `t${tenant}`, `o${origin}`);
            waiting.push(asked);
            if (endsAtOnce) atOnce.add(asked.name);
            turns.request(asked);
          }
          const mayBegin = (each: Named) =>
            running.length < bounds.inFlightMax &&
            atTenant(each.tenantId) < bounds.perTenantMax &&
            atOrigin(each.origin) < bounds.perOriginMax;
          const isBeyond = (each: Named) =>
            running.length > bounds.inFlightMax ||
            atTenant(each.tenantId) > bounds.perTenantMax ||
            atOrigin(each.origin) > bounds.perOriginMax;
          if (waiting.some(mayBegin) || running.some(isBeyond)) return false;
        }
        return true;
      }),
      { numRuns: 5_000 },
    );
  });
});
