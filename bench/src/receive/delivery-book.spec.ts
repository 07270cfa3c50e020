import { expect, test } from 'vitest';
import { DeliveryBook } from './delivery-book.ts';

function booked(...numbers: number[]): DeliveryBook {
  const book = new DeliveryBook(1, 4);
  for (const number of numbers) book.book(2, 1, 3, number);
  return book;
}

test('finds no fault in each number once and in order', () => {
  const book = booked(0, 1, 2);
  expect(book.faults).toEqual({ repeated: 0, outOfOrder: 0, foreign: 0, first: null });
  expect(book.received).toMatchObject([{ integration: 2, stream: 3 }]);
  expect(book.received[0]?.atMs).toHaveLength(3);
});

test('counts a repetition, and does not count it as received', () => {
  const book = booked(0, 1, 1);
  expect(book.faults).toMatchObject({ repeated: 1, first: 'event 1-3-1 came again' });
  expect(book.count).toBe(2);
});

test('counts a number that comes before its turn', () => {
  expect(booked(0, 2, 1).faults).toMatchObject({
    outOfOrder: 1,
    repeated: 0,
    first: 'event 1-3-2 came when 1 was next',
  });
});

test('counts what is of another run', () => {
  const book = new DeliveryBook(2, 1);
  book.book(0, 1, 0, 0);
  expect(book.faults.foreign).toBe(1);
});
