import { anIntegration } from '@hookstile/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Dispatcher } from '../dispatcher.js';
import type { Lane } from './lane.js';
import { FakeLaneStore } from './lane.store.fake.js';
import { LanesController } from './lanes.controller.js';

const head = { status: 'waiting', exhaustedUnder: 1 };
const exhausted = { state: { head, catchUp: null, rules: { version: 1 } } } as unknown as Lane;
const catchingUp = {
  state: { head: null, catchUp: { through: 9, read: false }, rules: { version: 1 } },
} as unknown as Lane;

/** What the process has of the partition: a runner, or nothing. */
let runner: object | null;

beforeEach(() => {
  runner = null;
});

function skip(key = 'main'): Promise<unknown> {
  const dispatcher = { partitions: { runnerOf: () => runner } } as unknown as Dispatcher;
  const projection = { integration: () => anIntegration({ id: 'int_1', tenantId: 'ten_1' }) };
  const controller = new LanesController(
    { dispatcher, owner: 'self' },
    new FakeLaneStore(),
    projection as never,
    1,
    { nowMs: () => 0, monotonicMs: () => 0 },
    (size) => new Uint8Array(size),
  );
  const principal = { kind: 'platform', tenantId: 'ten_1', role: 'admin' };
  return controller.skip(principal as never, 'int_1', key, undefined);
}

function owns(awaken: () => Lane | null, giveUp = () => false): void {
  const common = { lanesOf: () => [], isStopped: () => false };
  runner = { ...common, awaken: async () => awaken(), giveUp: async () => giveUp() };
}

describe('a head that is to be skipped', () => {
  it('is asked for again where its partition goes to another owner before its lane is found', async () => {
    owns(() => {
      runner = null;
      return null;
    });
    await expect(skip()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
  });

  it('is asked for again where its partition goes to another owner before its record is written', async () => {
    owns(
      () => exhausted,
      () => {
        runner = null;
        return false;
      },
    );
    await expect(skip()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
  });

  it('is asked for again where a new owner still reads what its lane has', async () => {
    owns(() => catchingUp);
    await expect(skip()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
  });

  it('is not there where its lane is not, and is none where it is not exhausted', async () => {
    owns(() => null);
    await expect(skip('of a key')).rejects.toMatchObject({ code: 'not_found' });
    owns(() => exhausted);
    await expect(skip('of a key')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is none in a strict lane, whether or not something passes it at the moment', async () => {
    owns(() => null);
    await expect(skip()).rejects.toMatchObject({ code: 'conflict' });
    owns(() => exhausted);
    await expect(skip()).rejects.toMatchObject({ code: 'conflict' });
  });
});
