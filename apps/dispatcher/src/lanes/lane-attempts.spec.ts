import { attemptIdOf } from '@hookstile/contracts';
import { anIntegration } from '@hookstile/testing';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AttemptInput } from '../attempts/attempt.types.js';
import { noFailures } from './failure-run.js';
import { IntegrationGate } from './integration-gate.js';
import type { Lane, LaneTurn } from './lane.js';
import { LaneAttempts } from './lane-attempts.js';
import { aLaneDelivery } from './lane-delivery.fake.js';
import type { LaneServices } from './lane-services.js';
import { Turns } from './turns.js';

const fence = { partition: 3, epoch: 7 };
const configuration = anIntegration();
const item = aLaneDelivery({ offset: 5, attempt: 2 });

let holds: boolean;
let made: AttemptInput[];
let attempts: LaneAttempts;
let lane: Lane;
let laters: (() => void)[];

beforeEach(() => {
  holds = true;
  made = [];
  laters = [];
  const turns = new Turns<LaneTurn>({ inFlightMax: 8, perTenantMax: 8, perOriginMax: 8 }, (turn) =>
    attempts.start(turn),
  );
  const services = {
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
    logger: pino({ level: 'silent' }),
    random: () => 0,
    turns,
    attempts: {
      make: (input: AttemptInput) => {
        made.push(input);
        return new Promise(() => {});
      },
    },
    integration: () => configuration,
    holds: () => holds,
    later: (_: number, run: () => void) => void laters.push(run),
  } as unknown as LaneServices;
  attempts = new LaneAttempts({ fence, services, isOurs: () => true, give: () => {}, onStopped: () => {} });
  const integration = { id: 'int_1', tenantId: 'ten_1', origin: 'o', run: noFailures(1), configuration };
  const gate = new IntegrationGate<LaneTurn>({ maxConcurrency: 1, perSecond: null }, attempts.gateEffects);
  lane = { integration: { ...integration, gate }, turn: null } as unknown as Lane;
});

describe('attempts under a lease', () => {
  it('do not start without it, and start once it is held again', () => {
    holds = false;
    attempts.request(lane, [item]);
    expect(made).toEqual([]);
    holds = true;
    attempts.resume();
    expect(made).toHaveLength(1);
  });

  it('ask for it once more when the request is about to be written', () => {
    attempts.request(lane, [item]);
    expect(made[0]?.mayBegin()).toBe(true);
    holds = false;
    expect(made[0]?.mayBegin()).toBe(false);
  });

  it('are aborted when it runs out, once what has come by then was read', () => {
    attempts.request(lane, [item]);
    attempts.suspend();
    expect(made[0]?.signal.aborted).toBe(false);
    for (const run of laters) run();
    expect(made[0]?.signal.aborted).toBe(true);
  });

  it('carry the epoch in their ids: a new owner makes other attempts', () => {
    attempts.request(lane, [item]);
    expect(made[0]?.attemptId).toBe(attemptIdOf(item.envelope.deliveryId, fence.epoch, 2));
  });
});
