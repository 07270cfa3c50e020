import { partitionOf } from '@hookstile/contracts';
import type { RunningService } from '@hookstile/service-runtime';
import { type Receiver, startReceiver, until } from '@hookstile/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Dispatching, PARTITIONS } from '../dispatching.fake.js';
import { DISPATCHER, type RunningDispatcher } from '../running-dispatcher.js';
import { FORWARDED_HEADER } from './ask-owner.js';

const ID = 'int_slow';
const LANES = `/v1/integrations/${ID}/lanes`;
const WAITING = 6;

let world: Dispatching;
let receiver: Receiver;
/** Which of the two owns the integration's partition, and which does not. */
let owner: RunningService;
let other: RunningService;
const answered = Promise.withResolvers<void>();

const partitionsOf = (service: RunningService) => service.app.get<RunningDispatcher>(DISPATCHER).dispatcher?.partitions;
const owns = (service: RunningService) => partitionsOf(service)?.runnerOf(partitionOf(ID, PARTITIONS)) != null;

beforeAll(async () => {
  receiver = await startReceiver();
  receiver.answer('/slow', async () => {
    await answered.promise;
    return {};
  });
  world = await Dispatching.create();
  const both = [await world.start(), await world.startAnother()];
  await until(() => both.every((service) => partitionsOf(service)?.runners.length), { timeoutMs: 40_000 });
  await until(() => both.some(owns));
  [owner, other] = (both.some((service, index) => index === 0 && owns(service)) ? both : both.reverse()) as [
    RunningService,
    RunningService,
  ];
  const integration = await world.configure({ id: ID, settings: { url: `${receiver.url}/slow` } });
  await world.route(integration, 0, WAITING);
  await receiver.received('/slow', 1);
  const seen = () => world.get(LANES, { url: owner.url });
  await until(async () => (await seen()).body.items[0]?.waiting === WAITING);
});

afterAll(async () => {
  answered.resolve();
  await world.close();
  await receiver.close();
});

it('a dispatcher that does not own a lane answers with what its owner has in memory', async () => {
  const ofOwner = await world.get(LANES, { url: owner.url });
  expect(ofOwner.body.items).toMatchObject([{ key: 'main', waiting: WAITING }]);
  expect(await world.get(LANES, { url: other.url })).toEqual(ofOwner);
  const page = await world.get(`${LANES}/main/deliveries?limit=2`, { url: other.url });
  expect(page.body.items.map(({ eventId }) => eventId)).toEqual(['evt_0', 'evt_1']);
  expect(page.body.nextCursor).not.toBeNull();
});

it('passes the caller on, whose rights the owner checks, and what the owner refuses', async () => {
  const headers = { 'hookstile-tenant': 'ten_2' };
  expect(await world.get(LANES, { url: other.url, headers })).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
  expect(await world.get(`${LANES}?limit=x`, { url: other.url })).toMatchObject({ status: 400 });
});

it('asks one hop only: who was asked answers with what is stored', async () => {
  const headers = { [FORWARDED_HEADER]: '1' };
  expect((await world.get(LANES, { url: other.url, headers })).body.items).toEqual([]);
});
