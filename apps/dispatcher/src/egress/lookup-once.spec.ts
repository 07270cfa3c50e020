import type { LookupAddress } from 'node:dns';
import { beforeEach, expect, test } from 'vitest';
import { type LookupAll, lookupOnce } from './lookup-once.js';

const ADDRESSES = [{ address: '192.0.2.1', family: 4 }];

let asked: string[];
let answers: (() => void)[];
let lookup: LookupAll;

beforeEach(() => {
  [asked, answers] = [[], []];
  lookup = lookupOnce((hostname, _options, callback) => {
    asked.push(hostname);
    answers.push(() => (hostname === 'gone.example' ? callback(new Error('gone'), []) : callback(null, ADDRESSES)));
  });
});

function addressesOf(hostname: string, family = 0): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true, family }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}

test('asks once for a name, however many wait for it', async () => {
  const found = [addressesOf('a.example'), addressesOf('a.example'), addressesOf('a.example')];
  expect(asked).toEqual(['a.example']);
  answers[0]?.();
  expect(await Promise.all(found)).toEqual([ADDRESSES, ADDRESSES, ADDRESSES]);
});

test('asks anew once there was an answer: none is kept', async () => {
  const first = addressesOf('a.example');
  answers[0]?.();
  const second = addressesOf('a.example');
  expect(asked).toHaveLength(2);
  answers[1]?.();
  expect(await Promise.all([first, second])).toEqual([ADDRESSES, ADDRESSES]);
});

test('asks apart for other names, and for other kinds of addresses', () => {
  void addressesOf('a.example');
  void addressesOf('b.example');
  void addressesOf('a.example', 4);
  expect(asked).toEqual(['a.example', 'b.example', 'a.example']);
});

test('fails all who wait for a name that cannot be resolved', async () => {
  const outcomes = Promise.allSettled([addressesOf('gone.example'), addressesOf('gone.example')]);
  answers[0]?.();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
