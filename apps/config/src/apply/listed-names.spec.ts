import { describe, expect, it } from 'vitest';
import { APPLY_DELETIONS_MAX } from './apply.bounds.js';
import { matchNames, refuseRepeatedNames } from './listed-names.js';

const named = (...names: string[]) => names.map((name) => ({ name }));
const things = (...names: string[]) => names.map((name, n) => ({ id: `int_${n}`, name }));

describe('the names of a list', () => {
  it('find the integrations that have them, and leave the others over', () => {
    const matched = matchNames(named('new', 'b', 'a'), things('a', 'b', 'c', 'd'));
    expect(matched).toEqual({ ids: [null, 'int_1', 'int_0'], absent: ['int_2', 'int_3'] });
  });

  it('are as they are written: case and blanks count', () => {
    const matched = matchNames(named('a ', 'A'), things('a'));
    expect(matched).toEqual({ ids: [null, null], absent: ['int_0'] });
    expect(() => refuseRepeatedNames(named('a', 'A', 'a '))).not.toThrow();
  });

  it('may not be those of several integrations, which may all be left out', () => {
    const twins = things('a', 'a');
    expect(() => matchNames(named('b', 'a'), twins)).toThrow(/\/items\/1\/name.*int_0, int_1/);
    expect(matchNames(named('b'), twins).absent).toEqual(['int_0', 'int_1']);
  });

  it('may not be repeated', () => {
    expect(() => refuseRepeatedNames(named('a', 'b', 'a'))).toThrow(/\/items\/2\/name.*\/items\/0/);
  });

  it('may not leave out more integrations than are deleted at once', () => {
    const many = things(...Array.from({ length: APPLY_DELETIONS_MAX + 1 }, (_, n) => `n${n}`));
    expect(matchNames(named('n0'), many).absent).toHaveLength(APPLY_DELETIONS_MAX);
    expect(() => matchNames([], many)).toThrow(expect.objectContaining({ code: 'conflict' }));
  });
});
