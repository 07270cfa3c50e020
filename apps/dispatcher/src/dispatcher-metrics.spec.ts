import type { GaugeCallback, Measurement } from '@hookstile/service-runtime';
import { aDelivery } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { observeDispatcher } from './dispatcher-metrics.js';
import { emptyFifo, push } from './lanes/fifo.js';
import type { Lane, LanedIntegration } from './lanes/lane.js';
import type { LaneDelivery } from './lanes/lane.store.js';
import type { LanePhase, LaneRules } from './lanes/lane.types.js';
import { beginLane } from './lanes/lane-beginning.js';

const NOW_MS = Date.parse('2026-01-01T00:10:00.000Z');

function routedAt(routed: string): LaneDelivery {
  const { envelope, bytes } = aDelivery({});
  return { offset: 1, version: 1, envelope: { ...envelope, routedAt: routed }, data: bytes } as LaneDelivery;
}

function lane(phase: LanePhase, rows: number, queued: LaneDelivery[] = [], failingSinceMs: number | null = null): Lane {
  const rules: LaneRules = { permission: 'send', discardBefore: 0, version: 1, batch: { maxItems: 1, maxWaitMs: 0 } };
  const empty = beginLane<LaneDelivery>({ rules, rows: 0, firstRow: null, unreadThrough: null });
  const state = { ...empty, phase, rows, queue: push(emptyFifo<LaneDelivery>(), queued) };
  return { state, integration: { run: { failingSinceMs } } } as Lane;
}

function asleep(
  permission: LaneRules['permission'],
  rows: number,
  failingSinceMs: number | null = null,
  oldestRowMs: number | null = null,
): LanedIntegration {
  return { permission, sleepers: { rows }, run: { failingSinceMs }, oldestRowMs } as LanedIntegration;
}

function observed(lanes: Lane[][], laned: LanedIntegration[][] = []) {
  const callbacks = new Map<string, GaugeCallback>();
  const gauge = (name: string, _: unknown, callback: GaugeCallback) => {
    callbacks.set(name, callback);
    return () => {};
  };
  const runners = lanes.map((own, partition) => ({
    fence: { partition, epoch: 7 + partition },
    lanes: own,
    laned: laned[partition] ?? [],
  }));
  const dispatcher = {
    partitions: { runners, problems: ['partition 1: x'], checkpointAgesMs: new Map([[0, 1_500]]) },
    memory: { deliveries: 3 },
    turns: { inFlight: 2 },
    lag: 9,
  };
  observeDispatcher(dispatcher as never, () => NOW_MS, { gauge } as never);
  return (name: string) => {
    const read = callbacks.get(name)?.() ?? [];
    if (typeof read === 'number') return read;
    return Object.fromEntries(
      read.map(({ value, attributes }: Measurement) => [Object.values(attributes ?? {}).join(), value]),
    );
  };
}

describe("the dispatcher's gauges", () => {
  it('tell rows that wait for an attempt from rows that are held', () => {
    const gauge = observed([[lane('parked', 5), lane('draining', 2)], [lane('stopped', 100)]]);
    expect(gauge('dispatcher.parked')).toEqual({ parked: 7, held: 100 });
    expect(gauge('dispatcher.lanes')).toEqual({ flowing: 0, parking: 0, parked: 1, draining: 1, stopped: 1 });
  });

  it('tell how old the oldest delivery is that should have been sent, by partition', () => {
    const minuteOld = routedAt('2026-01-01T00:09:00.000Z');
    const older = routedAt('2026-01-01T00:08:00.000Z');
    const gauge = observed([
      [lane('flowing', 0, [minuteOld]), lane('flowing', 0, [older])],
      [lane('stopped', 3, [older]), lane('flowing', 0)],
      [lane('parked', 3, [], NOW_MS - 500_000)],
    ]);
    expect(gauge('dispatcher.undelivered.age')).toEqual({ 0: 120, 1: 0, 2: 500 });
  });

  it('tell of lanes that exist as rows only', () => {
    const gauge = observed([[lane('parked', 5)], []], [[asleep('send', 2, NOW_MS - 9_000), asleep('hold', 30, 1)], []]);
    expect(gauge('dispatcher.parked')).toEqual({ parked: 7, held: 30 });
    expect(gauge('dispatcher.undelivered.age')).toEqual({ 0: 9, 1: 0 });
  });

  it('tell of rows how long the oldest has waited, once that was looked up', () => {
    const lookedUp = [asleep('send', 2, NOW_MS - 9_000, NOW_MS - 70_000), asleep('hold', 2, 1, 1)];
    expect(observed([[]], [lookedUp])('dispatcher.undelivered.age')).toEqual({ 0: 70 });
  });

  it('tell the epoch of each lease, the age of each checkpoint and how many partitions stand still', () => {
    const gauge = observed([[], []]);
    expect(gauge('dispatcher.lease.epoch')).toEqual({ 0: 7, 1: 8 });
    expect(gauge('dispatcher.checkpoint.age')).toEqual({ 0: 1.5 });
    expect([gauge('dispatcher.partitions'), gauge('dispatcher.partitions.standing')]).toEqual([2, 1]);
  });
});
