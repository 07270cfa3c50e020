import { expect, it } from 'vitest';
import { JournalNeeds } from './journal-needs.js';

it('the journal is needed from the first outcome that is stored nowhere else', () => {
  const needs = new JournalNeeds(10);
  needs.open(11, 1);
  needs.open(12, 1);
  needs.add(11);
  needs.release(11);
  expect(needs.floor).toBe(11);
  needs.release(12);
  expect(needs.floor).toBe(11);
  needs.release(11);
  expect(needs.floor).toBe(13);
});
