import { type Receiver, startReceiver, until } from '@hookstile/testing';
import {
  HANG_MS,
  type HostileReceiver,
  hostileReceivers,
  meetAll,
  type RunningHostileReceiver,
  startHostileReceiver,
  timed,
  timeoutMsOf,
  trustIn,
} from '@hookstile/testing/hostile-receivers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEPT_BODY_MAX_BYTES } from '../egress/response.bounds.js';
import type { AttemptMaker, AttemptOutcome } from './attempt.types.js';
import { attemptInput, attemptMaker } from './attempt-maker.fake.js';

interface Met {
  running: RunningHostileReceiver;
  /** The second follows on the first, on the same connection where that stands. */
  outcomes: AttemptOutcome[];
  lateMs: number[];
  /** Connections behind the second. */
  left: number;
}

const receivers = await hostileReceivers();
const met = new Map<HostileReceiver, Met>();
const neighbours: AttemptOutcome[] = [];
let maker: AttemptMaker;
let neighbour: Receiver;

const deadlineOf = ({ attempt }: HostileReceiver): number => timeoutMsOf({ endsByDeadline: attempt === 'timeout' });

function attempt(receiver: RunningHostileReceiver): Promise<AttemptOutcome> {
  return maker.make(attemptInput(receiver.url, { timeoutMs: deadlineOf(receiver), ...trustIn(receiver) }));
}

async function meet(receiver: HostileReceiver): Promise<void> {
  const meeting: Met = { running: await startHostileReceiver(receiver), outcomes: [], lateMs: [], left: 0 };
  met.set(receiver, meeting);
  for (let n = 0; n < 2; n += 1) {
    const { result, lateMs } = await timed(deadlineOf(receiver), attempt(meeting.running));
    meeting.outcomes.push(result);
    meeting.lateMs.push(lateMs);
  }
  meeting.left = meeting.running.connections;
}

async function visitNeighbour(isOver: () => boolean): Promise<void> {
  while (!isOver()) neighbours.push(await maker.make(attemptInput(`${neighbour.url}/well`, { timeoutMs: 10_000 })));
}

beforeAll(async () => {
  maker = attemptMaker();
  neighbour = await startReceiver();
  let isOver = false;
  const visiting = visitNeighbour(() => isOver);
  await meetAll(receivers, meet);
  isOver = true;
  await visiting;
});

afterAll(async () => {
  await maker.close();
  await neighbour.close();
  for (const { running } of met.values()) await running.close();
});

/** What the event log says of it. */
function endingOf({ httpStatus, error }: AttemptOutcome): HostileReceiver['attempt'] | null {
  return error === null || error === 'http_status' ? httpStatus : error;
}

describe.each(receivers)('a receiver that $name', (receiver) => {
  const meeting = (): Met => {
    const known = met.get(receiver);
    if (!known) throw new Error('it was not met');
    return known;
  };

  test('ends each attempt for what it is, by its deadline', () => {
    const { outcomes, lateMs } = meeting();
    expect(outcomes.map((outcome) => [endingOf(outcome), outcome.response?.truncated ?? false])).toEqual(
      Array(2).fill([receiver.attempt, receiver.isTruncated ?? false]),
    );
    expect(Math.max(...lateMs)).toBeLessThan(HANG_MS);
  });

  test('leaves no more in the log than is kept of an answer', () => {
    for (const { response, errorDetail } of meeting().outcomes) {
      expect(response?.body.length ?? 0).toBeLessThanOrEqual(KEPT_BODY_MAX_BYTES);
      expect(errorDetail?.length ?? 0).toBeLessThan(1_000);
      expect(errorDetail ?? '').toMatch(/^[\x20-\x7e]*$/);
    }
  });

  test.skipIf(receiver.isBlind)('keeps its connection only where its answers were whole', async () => {
    const { running, left } = meeting();
    if (receiver.keepsConnection) expect(left).toBeGreaterThan(0);
    else await until(() => running.connections === 0, { what: 'its connections to close' });
  });
});

test('none of them costs a neighbour an attempt', () => {
  expect(neighbours.length).toBeGreaterThan(receivers.length);
  expect(neighbours.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
});
