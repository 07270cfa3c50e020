import { beforeEach, expect, test } from 'vitest';
import { EgressError } from './egress.error.js';
import { type ResolveName, resolveOnce } from './resolve-once.js';

const ADDRESSES = ['192.0.2.1'];

let asked: string[];
let answers: (() => void)[];
let resolveName: ResolveName;

beforeEach(() => {
  [asked, answers] = [[], []];
  resolveName = resolveOnce(
    (name) =>
      new Promise((resolve, reject) => {
        asked.push(name);
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

test('resolves so many names at a time and no more', async () => {
  const first = resolveName('a.example');
  void resolveName('b.example');
  await expect(resolveName('c.example')).rejects.toMatchObject({ attemptError: 'dns' });
  answers[0]?.();
  await first;
  void resolveName('c.example');
  expect(asked).toEqual(['a.example', 'b.example', 'c.example']);
});
