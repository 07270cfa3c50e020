import { CONTRACT_HEADER, type EncodedRecord, type RecoveryRecord, recoveriesV1 } from '@hookstile/contracts';
import { PayloadMask } from '@hookstile/service-runtime';
import { aDelivery } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { DeliveryMarks } from './delivery-marks.js';
import { Epochs } from './epochs.js';
import { projectRecord } from './project-record.js';
import { ProjectionRows } from './projection-rows.js';
import { ADMIN, received, redeliveryRecord, sampleRedelivery } from './sample-records.js';
import { UnknownContractVersionError } from './unknown-contract-version.error.js';

function projected(...records: EncodedRecord[]): ProjectionRows {
  const rows = new ProjectionRows();
  const state = { epochs: new Epochs(), marks: new DeliveryMarks(), mask: new PayloadMask([]) };
  records.forEach((record, offset) => {
    projectRecord('redeliveries', received(record, offset), rows, state);
  });
  return rows;
}

const record = (kind: RecoveryRecord['kind']) =>
  recoveriesV1.encode('int_1', {
    ...{ kind, recoveryId: 'rcv_1', tenantId: 'ten_1', integrationId: 'int_1' },
    ...{ at: '2026-01-02T03:04:06.000Z', actor: ADMIN, requestId: 'req_1', before: null, after: { matched: 2 } },
  });

describe('a recovery in the audit log', () => {
  it('is a line when it is started and one when it is stopped, however often they were written', () => {
    const rows = projected(record('started'), record('started'), record('stopped'));
    expect([...rows.auditLog.values()]).toMatchObject([
      {
        ...{ id: 'aud_1_started', tenantId: 'ten_1', action: 'recovery.started', actorId: 'key_1', requestId: 'req_1' },
        ...{ subjectType: 'recovery', subjectId: 'rcv_1', before: 'null', after: '{"matched":2}' },
      },
      { id: 'aud_1_stopped', action: 'recovery.stopped' },
    ]);
  });

  it('has no line for each of its deliveries', () => {
    const one = sampleRedelivery(aDelivery());
    const ofRecovery = sampleRedelivery(aDelivery(), { endedOffset: 3, recoveryId: 'rcv_1' });
    const rows = projected(redeliveryRecord(one), redeliveryRecord(ofRecovery));
    expect([...rows.auditLog.values()].map(({ action }) => action)).toEqual(['delivery.redelivered']);
  });

  it('stops the partition where a newer release wrote it, and is unreadable where it breaks its contract', () => {
    const newer = { ...record('started'), headers: { [CONTRACT_HEADER]: 'recoveries/2' } };
    expect(() => projected(newer)).toThrow(UnknownContractVersionError);
    expect(projected({ ...record('started'), value: Buffer.from('{}') }).unreadable.size).toBe(1);
  });
});
