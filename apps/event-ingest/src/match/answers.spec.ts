import { anEvent } from '@hookstile/testing';
import { expect, test } from 'vitest';
import { Answers } from './answers.js';
import { compileCondition } from './condition.js';
import { EventValues } from './event-values.js';
import { PointerTree } from './pointer-tree.js';

test('a condition is asked once an event, and again of the next', () => {
  let asked = 0;
  const isSubject = compileCondition({ pointer: '/subject', op: 'eq', value: 's' });
  const condition = {
    ...isSubject,
    number: 0,
    holds: (...value: Parameters<typeof isSubject.holds>) => {
      asked += 1;
      return isSubject.holds(...value);
    },
  };
  const answers = new Answers(1);
  const about = (subject: string) =>
    answers.of(new EventValues({ attributes: anEvent({ subject }), data: Buffer.from('1') }, new PointerTree()));
  for (const subject of ['s', 't', 's']) {
    const event = about(subject);
    for (let n = 0; n < 3; n += 1) expect(event.holds(condition)).toBe(subject === 's');
  }
  expect(asked).toBe(3);
});
