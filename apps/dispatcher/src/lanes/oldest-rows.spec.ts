import { expect, it } from 'vitest';
import { SLEEPERS_CHECK_INTERVAL_MS } from './lane.bounds.js';
import { OneOwner } from './one-owner.fake.js';

const HOUR_MS = 3_600_000;

it('the oldest row of an integration is known from now and then, and that it has none', async () => {
  const owner = new OneOwner([4 * HOUR_MS]);
  await owner.waits('later', 1, owner.nowMs + 2 * HOUR_MS);
  await owner.waits('sooner', 0, owner.nowMs + HOUR_MS);
  await owner.begin();
  const [integration] = [...owner.runner.laned];
  await owner.pass(SLEEPERS_CHECK_INTERVAL_MS);
  const routedAt = owner.store.stored[0]?.item.envelope.routedAt ?? '';
  expect(integration).toMatchObject({ oldestRowMs: Date.parse(routedAt), sleepers: { may: true } });
  await owner.pass(2 * HOUR_MS + SLEEPERS_CHECK_INTERVAL_MS);
  expect(owner.sent).toEqual(['sooner', 'later']);
  expect(integration).toMatchObject({ oldestRowMs: null, sleepers: { may: false, rows: 0 } });
}, 20_000);
