import { aDelivery } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { journaledDeliveryRows, routedDeliveryRow } from '../project/delivery-row.js';
import { ProjectionRows } from '../project/projection-rows.js';
import type { DeliveryRow } from '../project/rows.js';
import { sampleAttempt } from '../project/sample-records.js';
import { JournaledDeliveries } from './journaled-deliveries.js';

const deliveryOf = (n: number) => aDelivery({ event: { id: `evt_${n}` } });

function rowsOf(...given: (DeliveryRow | null)[]): ProjectionRows {
  const rows = new ProjectionRows();
  for (const row of given) if (row) rows.addDelivery(row);
  return rows;
}
const routed = (n: number) => routedDeliveryRow(deliveryOf(n).envelope, n, 'new');
const replayed = (n: number) => routedDeliveryRow(deliveryOf(n).envelope, n, 'replayed');
const redelivered = (n: number) => routedDeliveryRow({ ...deliveryOf(n).envelope, trigger: 'redelivery' }, 100, 'new');
const journaled = (n: number) => journaledDeliveryRows(sampleAttempt(deliveryOf(n)));

function leftOf(known: JournaledDeliveries, rows: ProjectionRows, before?: ProjectionRows): number {
  known.leaveOutKnown(rows, before);
  return rows.deliveries.size;
}

describe('deliveries whose rows the journal has written', () => {
  it('are left out where their routing is read behind it, or a replay of it', () => {
    const known = new JournaledDeliveries(10);
    known.remember(rowsOf(...journaled(1)));
    expect(leftOf(known, rowsOf(routed(1)))).toBe(0);
    expect(leftOf(known, rowsOf(replayed(1)))).toBe(0);
    expect(leftOf(known, rowsOf(routed(2)))).toBe(1);
  });

  it('are left out where the journal is in the flush that is being written', () => {
    const known = new JournaledDeliveries(10);
    expect(leftOf(known, rowsOf(routed(1)), rowsOf(...journaled(1)))).toBe(0);
    expect(leftOf(known, rowsOf(routed(1)), rowsOf(routed(1)))).toBe(1);
  });

  it('are not those that were only routed, nor is anything newer left out', () => {
    const known = new JournaledDeliveries(10);
    known.remember(rowsOf(routed(1), replayed(2), ...journaled(3)));
    expect(leftOf(known, rowsOf(routed(1), replayed(2)))).toBe(2);
    expect(leftOf(known, rowsOf(redelivered(3), ...journaled(1)))).toBe(2);
  });

  it('are remembered up to a bound, the latest', () => {
    const known = new JournaledDeliveries(2);
    for (let n = 1; n <= 5; n += 1) known.remember(rowsOf(...journaled(n)));
    const left = [1, 2, 3, 4, 5].map((n) => leftOf(known, rowsOf(routed(n))));
    expect(left).toEqual([1, 1, 0, 0, 0]);
  });
});
