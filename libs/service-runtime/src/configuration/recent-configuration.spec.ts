import { beforeEach, expect, test } from 'vitest';
import {
  RECENT_CONFIRMED_AFTER_MS,
  RECENT_MAX_AGE_MS,
  RECENT_NOTICE_MS,
  RecentConfiguration,
} from './recent-configuration.js';

let nowMs = 0;
let asked: PromiseWithResolvers<void>[] = [];
const clock = { monotonicMs: () => nowMs };

function configuration(timeoutMs?: number): RecentConfiguration {
  const catchUp = () => {
    const question = Promise.withResolvers<void>();
    asked.push(question);
    return question.promise;
  };
  return new RecentConfiguration({ catchUp }, clock, timeoutMs);
}

async function confirmed(): Promise<RecentConfiguration> {
  const recent = configuration();
  const first = recent.recent();
  asked.shift()?.resolve();
  await first;
  return recent;
}

beforeEach(() => {
  nowMs = 1_000;
  asked = [];
});

test('what was confirmed a moment ago is gone by without asking', async () => {
  const recent = await confirmed();
  nowMs += RECENT_CONFIRMED_AFTER_MS;
  await recent.recent();
  expect(asked).toHaveLength(0);
});

test('what is older is confirmed beside requests, by one question for all of them', async () => {
  const recent = await confirmed();
  nowMs += RECENT_MAX_AGE_MS;
  await Promise.all([recent.recent(), recent.recent()]);
  expect(asked).toHaveLength(1);
});

test('what is too old is waited for', async () => {
  const recent = await confirmed();
  nowMs += RECENT_MAX_AGE_MS + 1;
  expect(recent.isRecent).toBe(false);
  const waits = recent.recent();
  asked.shift()?.resolve();
  await waits;
  expect(recent.isRecent).toBe(true);
});

test('a question that was under way for too long is asked again', async () => {
  const recent = await confirmed();
  nowMs += RECENT_CONFIRMED_AFTER_MS + 1;
  await recent.recent();
  nowMs += RECENT_MAX_AGE_MS + 1;
  const waits = recent.recent();
  asked.shift()?.resolve();
  await Promise.resolve();
  while (asked.length === 0) await new Promise(setImmediate);
  asked.shift()?.resolve();
  await waits;
  expect(recent.isRecent).toBe(true);
});

test('a question that was asked a moment before serves who comes meanwhile, however late its answer', async () => {
  const recent = configuration();
  const first = recent.recent();
  nowMs += RECENT_MAX_AGE_MS;
  const second = recent.recent();
  nowMs += RECENT_MAX_AGE_MS;
  asked.shift()?.resolve();
  await Promise.all([first, second]);
  expect(asked).toHaveLength(0);
});

test('who comes long after the question under way asks one for himself and all behind him', async () => {
  const recent = configuration();
  const first = recent.recent();
  nowMs += RECENT_MAX_AGE_MS + 1;
  const [second, third] = [recent.recent(), recent.recent()];
  expect(asked).toHaveLength(2);
  asked[1]?.resolve();
  await Promise.all([second, third]);
  asked[0]?.resolve();
  await first;
});

test('the age is counted from before the question, however late the answer', async () => {
  const recent = configuration();
  const waits = recent.newest();
  nowMs += RECENT_MAX_AGE_MS + 1;
  asked.shift()?.resolve();
  await waits;
  expect(recent.isRecent).toBe(false);
});

test('a question that is not answered ends as unavailable', async () => {
  const recent = configuration(1);
  await expect(recent.recent()).rejects.toMatchObject({ code: 'unavailable' });
  await expect(recent.newest()).rejects.toMatchObject({ code: 'unavailable' });
});

test('while questions are not answered nobody waits, until one is', async () => {
  const recent = configuration(1);
  await expect(recent.recent()).rejects.toMatchObject({ code: 'unavailable' });
  await expect(recent.newest()).rejects.toMatchObject({ code: 'unavailable' });
  expect(asked).toHaveLength(1);
  asked.shift()?.resolve();
  while (!recent.isRecent) await new Promise(setImmediate);
  await recent.recent();
});

test('a question that is never answered is asked once more, and then again only after as long', async () => {
  const recent = configuration(20);
  await expect(recent.recent()).rejects.toMatchObject({ code: 'unavailable' });
  for (let n = 0; n < 10; n += 1) await expect(recent.recent()).rejects.toMatchObject({ code: 'unavailable' });
  expect(asked).toHaveLength(1);
  nowMs += 21;
  for (let n = 0; n < 10; n += 1) await expect(recent.recent()).rejects.toMatchObject({ code: 'unavailable' });
  expect(asked).toHaveLength(2);
  asked[1]?.resolve();
  await Promise.resolve();
  await recent.recent();
});

test('config announces for longer than readers go without asking', () => {
  expect(RECENT_NOTICE_MS).toBeGreaterThan(RECENT_MAX_AGE_MS);
});
