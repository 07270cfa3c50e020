import { aDelivery, anIntegration } from '@hookstile/testing';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AttemptInput, AttemptOutcome } from '../attempts/attempt.types.js';
import { noFailures } from './failure-run.js';
import type { Lane, LaneTurn } from './lane.js';
import type { LaneDelivery } from './lane.store.js';
import { LaneAttempts } from './lane-attempts.js';
import type { LaneServices } from './lane-services.js';

const integration = anIntegration({ id: 'int_1' });

let holds: boolean;
let isOurs: boolean;
let made: { input: AttemptInput; end: (outcome: Partial<AttemptOutcome>) => void }[];
let results: unknown[];
let attempts: LaneAttempts;
let lane: Lane;
/** Turns that were asked for and not taken. */
let turns: LaneTurn[];

beforeEach(() => {
  [holds, isOurs, made, results, turns] = [true, true, [], [], []];
  const clock = { nowMs: () => 1_000, monotonicMs: () => 1_000 };
  const services = {
    clock,
    logger: pino({ level: 'silent' }),
    integration: () => integration,
    holds: () => holds,
    random: () => 0,
    turns: { request: (turn: LaneTurn) => turns.push(turn), release: () => {}, withdraw: () => false },
    attempts: {
      make: (input: AttemptInput) =>
        new Promise<AttemptOutcome>((resolve) => {
          made.push({ input, end: (outcome) => resolve({ durationMs: 1, ...outcome } as AttemptOutcome) });
          input.signal.addEventListener('abort', () => resolve({ durationMs: 1, error: 'aborted' } as AttemptOutcome));
        }),
    },
  } as unknown as LaneServices;
  attempts = new LaneAttempts({
    fence: { partition: 0, epoch: 3 },
    services,
    isOurs: () => isOurs,
    give: (_, input) => results.push(input),
    onStopped: () => {},
  });
  const gate = {
    request: (turn: LaneTurn) => services.turns.request(turn),
    begin: () => true,
    end: () => {},
    hold: () => {},
  };
  lane = {
    name: { partition: 0, integrationId: 'int_1', key: 'main' },
    integration: { id: 'int_1', gate, run: noFailures(1), configuration: integration, meanAttemptMs: 0, sequence: 0 },
    state: {},
  } as unknown as Lane;
});

function begin(): void {
  const { envelope, bytes } = aDelivery({ integrationId: 'int_1' });
  attempts.request(lane, [{ offset: 1, attempt: 2, envelope, data: bytes } as LaneDelivery]);
  takeTurns();
}

function takeTurns(): void {
  for (const turn of turns.splice(0)) attempts.start(turn);
}

describe('an attempt', () => {
  it('asks for the lease again when its request is about to be written, and for who has the partition', () => {
    begin();
    const mayBegin = made[0]?.input.mayBegin;
    expect(mayBegin?.()).toBe(true);
    holds = false;
    expect(mayBegin?.()).toBe(false);
    [holds, isOurs] = [true, false];
    expect(mayBegin?.()).toBe(false);
  });

  it('does not begin while the lease is not held, and begins once it is', () => {
    holds = false;
    begin();
    expect(made).toEqual([]);
    holds = true;
    attempts.resume();
    takeTurns();
    expect(made.map(({ input }) => input.attempt)).toEqual([2]);
  });

  it('is aborted when the lease runs out, and later ones are not', async () => {
    begin();
    attempts.suspend();
    await Promise.resolve();
    await Promise.resolve();
    expect(made[0]?.input.signal.aborted).toBe(true);
    expect(results).toEqual([{ kind: 'attempt ended', result: 'aborted', counted: false }]);
    begin();
    expect(made[1]?.input.signal.aborted).toBe(false);
  });

  it('that ends after its partition was lost says nothing', async () => {
    begin();
    isOurs = false;
    made[0]?.end({ outcome: 'succeeded', httpStatus: 200, error: null });
    await Promise.resolve();
    await Promise.resolve();
    expect(results).toEqual([]);
  });
});
