import { beforeEach, describe, expect, it } from 'vitest';
import { CLOCK_STEP_MIN_MS, LANE_SWEEP_INTERVAL_MS, LANES_AWAKE_OF_ONE_MIN } from './lane.bounds.js';
import { OneOwner } from './one-owner.fake.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DELAY_MS = 20 * MINUTE_MS;
const NEXT_LOOK_MS = CLOCK_STEP_MIN_MS + 2 * LANE_SWEEP_INTERVAL_MS;

let owner: OneOwner;

beforeEach(async () => {
  owner = new OneOwner([DELAY_MS, 8 * HOUR_MS]);
  await owner.begin();
});

/** A delivery fails now; its lane sleeps until its next attempt. */
async function fails(key: string, offset: number): Promise<number> {
  const failedAtMs = owner.monotonicMs;
  owner.takes(key, offset);
  await owner.rests();
  await owner.pass(2 * LANE_SWEEP_INTERVAL_MS);
  expect(owner.runner.lanes).toEqual([]);
  return failedAtMs;
}

async function sentAgainAfterMs(key: string, failedAtMs: number): Promise<number> {
  while (owner.sentAtMs.get(key) === failedAtMs) await owner.pass(LANE_SWEEP_INTERVAL_MS);
  return (owner.sentAtMs.get(key) ?? 0) - failedAtMs;
}

function expectInTime(afterMs: number): void {
  expect(afterMs).toBeGreaterThanOrEqual(DELAY_MS - CLOCK_STEP_MIN_MS);
  expect(afterMs).toBeLessThanOrEqual(DELAY_MS + NEXT_LOOK_MS);
}

describe('a lane that sleeps while the wall clock is wrong by an hour for a while', () => {
  it('is tried when its delay has passed, where it failed under the clock that was ahead', async () => {
    owner.wrongByMs = HOUR_MS;
    const failedAtMs = await fails('dead', 100);
    await owner.pass(MINUTE_MS);
    owner.wrongByMs = 0;
    expectInTime(await sentAgainAfterMs('dead', failedAtMs));
  });

  it('is not tried early where it failed before the clock fell behind and returned', async () => {
    const failedAtMs = await fails('dead', 100);
    owner.wrongByMs = -HOUR_MS;
    await owner.pass(MINUTE_MS);
    owner.wrongByMs = 0;
    expectInTime(await sentAgainAfterMs('dead', failedAtMs));
  });

  it('is not tried early where it fails after the clock ran ahead and returned', async () => {
    owner.wrongByMs = HOUR_MS;
    await owner.pass(MINUTE_MS);
    owner.wrongByMs = 0;
    await owner.pass(MINUTE_MS);
    expectInTime(await sentAgainAfterMs('dead', await fails('dead', 100)));
  });

  it('is not tried early where it was woken for a clock that ran ahead, and that returned before it was tried', async () => {
    const failedAtMs = await fails('dead', 100);
    owner.wrongByMs = DELAY_MS - 10_000;
    await owner.pass(4_000);
    expect(owner.runner.lanes).toHaveLength(1);
    owner.wrongByMs = 0;
    expectInTime(await sentAgainAfterMs('dead', failedAtMs));
  });

  it('is not tried early where it was woken for such a clock and is due too soon to sleep again', async () => {
    const failedAtMs = await fails('dead', 100);
    await owner.pass(DELAY_MS - 20_000);
    owner.wrongByMs = 14_000;
    await owner.pass(LANE_SWEEP_INTERVAL_MS);
    expect(owner.runner.lanes).toHaveLength(1);
    owner.wrongByMs = 0;
    expectInTime(await sentAgainAfterMs('dead', failedAtMs));
  });

  it('is due by a clock that jumps forward, as where the machine slept', async () => {
    const failedAtMs = await fails('dead', 100);
    owner.wrongByMs = HOUR_MS;
    expect(await sentAgainAfterMs('dead', failedAtMs)).toBeLessThan(MINUTE_MS);
  });

  it('is tried in time also where a delivery wakes it meanwhile', async () => {
    owner.wrongByMs = HOUR_MS;
    const failedAtMs = await fails('dead', 100);
    owner.wrongByMs = 0;
    owner.takes('dead', 101);
    await owner.rests();
    expectInTime(await sentAgainAfterMs('dead', failedAtMs));
  });
});

it('no lane sleeps for longer than the longest delay, however many rows say so, and none has to stay in memory for it', async () => {
  const lanes = 3 * LANES_AWAKE_OF_ONE_MIN;
  for (let n = 0; n < lanes; n += 1) await owner.waits(`row_${n}`, n, owner.nowMs + 100 * HOUR_MS);
  await owner.begin();
  await owner.pass(2 * MINUTE_MS);
  expect(owner.runner.lanes).toEqual([]);
  const latestMs = Math.max(...owner.store.stored.map(({ item }) => item.dueAtMs ?? 0));
  expect(latestMs).toBeLessThanOrEqual(owner.nowMs + 8 * HOUR_MS);
});
