import { domainEventsV1 } from '@hookstile/contracts';
import { createMigratedDatabase, type MigratedDatabase } from '@hookstile/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { received, sampleFact } from '../project/sample-records.js';
import { typeormStores } from '../projection/audit.store.typeorm.js';
import { writeBatches } from '../projection/write-batches.js';
import { Views1764000000000 } from './1764000000000-views.migration.js';
import { AuditLogIds1764200000000 } from './1764200000000-audit-log-ids.migration.js';
import { BatchedAttempts1764200100000 } from './1764200100000-batched-attempts.migration.js';
import { DeliveryMarks1764200200000 } from './1764200200000-delivery-marks.migration.js';
import { ActivityLog1764600000000 } from './1764600000000-activity-log.migration.js';
import { AttemptFlushes1764700000000 } from './1764700000000-attempt-flushes.migration.js';
import { RedeliveredAttempts1764800000000 } from './1764800000000-redelivered-attempts.migration.js';
import { DailyPartitions1764900000000 } from './1764900000000-daily-partitions.migration.js';
import { Stats1765000000000 } from './1765000000000-stats.migration.js';
import { ProjectionPositions1765160000000 } from './1765160000000-projection-positions.migration.js';
import { KeysByTime1765400000000 } from './1765400000000-keys-by-time.migration.js';
import { EventsOfSourceByOutcome1765400100000 } from './1765400100000-events-of-source-by-outcome.migration.js';

const LATER = [
  new AuditLogIds1764200000000(),
  new BatchedAttempts1764200100000(),
  new DeliveryMarks1764200200000(),
  new ActivityLog1764600000000(),
  new AttemptFlushes1764700000000(),
  new RedeliveredAttempts1764800000000(),
  new DailyPartitions1764900000000(),
  new Stats1765000000000(),
  new ProjectionPositions1765160000000(),
  new KeysByTime1765400000000(),
  new EventsOfSourceByOutcome1765400100000(),
];
const SEQUENCES = [9, 10, 11];

describe('migrations of a database that holds rows', () => {
  let database: MigratedDatabase;

  beforeEach(async () => {
    database = await createMigratedDatabase('audit-migrations', [Views1764000000000]);
    for (const sequence of SEQUENCES) {
      await database.dataSource.query(
        `insert into audit_log values ($1, 'ten_1', '2026-01-02T03:04:06Z', 'integration.disabled', 'system', null, null,
           null, 'integration', 'int_1', 'SIEM', '{"state":"enabled"}', '{"state":"disabled"}', null)`,
        [sequence],
      );
    }
    const runner = database.dataSource.createQueryRunner();
    await runner.startTransaction();
    for (const migration of LATER) await migration.up(runner);
    await runner.commitTransaction();
    await runner.release();
  });
  afterEach(() => database.drop());

  const lines = () => database.dataSource.query('select * from audit_log order by at, id');

  it('give a stored line of the audit log the id that its record would get, so that a replay adds none', async () => {
    const converted = await lines();
    expect(converted.map((line: { id: string }) => line.id)).toEqual([
      'aud_0000000000000009',
      'aud_0000000000000010',
      'aud_0000000000000011',
    ]);
    const records = SEQUENCES.map((sequence, n) =>
      received(domainEventsV1.encode('int_1', sampleFact({ sequence })), n),
    );
    const { projections } = typeormStores(database.dataSource, database.dataSource, database.dataSource);
    await writeBatches(projections, [{ topic: 'domain-events', records }]);
    expect(await lines()).toEqual(converted);
  });

  it("go back to config's sequences", async () => {
    await database.dataSource.query(
      `insert into audit_log select 'aud_x_1', tenant_id, at, 'delivery.skipped', actor_type, actor_id, actor_name,
         actor_role, 'delivery', 'dlv_x', null, before, after, request_id from audit_log limit 1`,
    );
    const runner = database.dataSource.createQueryRunner();
    for (const migration of [...LATER].reverse()) await migration.down(runner);
    await runner.release();
    const found = await database.dataSource.query('select sequence from audit_log order by sequence');
    expect(found).toEqual(SEQUENCES.map((sequence) => ({ sequence: String(sequence) })));
  });
});
