import { beforeEach, expect, test } from 'vitest';
import { EgressError } from './egress.error.js';
import { type ResolveName, resolveOnce } from './resolve-once.js';

const ADDRESSES = ['192.0.2.1'];

let asked: string[];
let answers: (() => void)[];
let stopped: string[];
let resolveName: ResolveName;

beforeEach(() => {
  [asked, answers, stopped] = [[], [], []];
  resolveName = resolveOnce(
    (name, signal) =>
      new Promise((resolve, reject) => {
        asked.push(name);
        signal?.addEventListener('abort', () => {
          stopped.push(name);
          reject(new EgressError('dns', 'given up'));
        });
        answers.push(() => (name === 'gone.example' ? reject(new EgressError('dns', 'gone')) : resolve(ADDRESSES)));
      }),
    2,
  );
});

test('asks once for a name, however many wait for it', async () => {
  const found = [resolveName('a.example'), resolveName('a.example'), resolveName('a.example')];
  expect(asked).toEqual(['a.example']);
  answers[0]?.();
  expect(await Promise.all(found)).toEqual([ADDRESSES, ADDRESSES, ADDRESSES]);
});

test('asks anew once there was an answer: none is kept', async () => {
  const first = resolveName('a.example');
  answers[0]?.();
  await first;
  const second = resolveName('a.example');
  expect(asked).toHaveLength(2);
  answers[1]?.();
  expect(await second).toEqual(ADDRESSES);
});

test('fails all who wait for a name that cannot be resolved', async () => {
  const outcomes = Promise.allSettled([resolveName('gone.example'), resolveName('gone.example')]);
  answers[0]?.();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('gives up the oldest of too many, and nothing of those that wait for others', async () => {
  const first = resolveName('a.example');
  const second = resolveName('b.example');
  const third = resolveName('c.example');
  expect(stopped).toEqual(['a.example']);
  await expect(first).rejects.toMatchObject({ attemptError: 'dns' });
  answers[1]?.();
  answers[2]?.();
  expect(await Promise.all([second, third])).toEqual([ADDRESSES, ADDRESSES]);
  void resolveName('a.example');
  void resolveName('b.example');
  expect(stopped).toEqual(['a.example']);
});
