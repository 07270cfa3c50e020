import { decisionsV1 } from '@hookstile/contracts';
import type { Position } from '@hookstile/messaging';
import { MASKED_NAMES_DEFAULT, PayloadMask, systemClock } from '@hookstile/service-runtime';
import { until } from '@hookstile/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditUnderTest, PARTITIONS } from '../audit-under-test.js';
import { sampleDecision } from '../project/sample-records.js';
import { rebuild } from './rebuild.js';

describe('a rebuild of audit that hangs while flushes wait for it', () => {
  let audit: AuditUnderTest;
  const decide = async (id: string) => {
    await audit.publish('decisions', decisionsV1.encode('rul_1', sampleDecision({ id })));
  };
  const isProjected = async (id: string) =>
    (await audit.rows(`select from activity_log where id = '${id}'`)).length === 1;

  beforeAll(async () => {
    audit = await AuditUnderTest.create();
    await decide('dec_1');
    await until(() => isProjected('dec_1'));
  });
  afterAll(() => audit?.destroy());

  it('loses its locks, so that audit goes on', async () => {
    const hanging = Promise.withResolvers<never>();
    const reader = audit.messaging.reader();
    let isBehind = false;
    let isHanging = false;
    // What the second record's read brings is read only while flushes wait, for it came after the first look.
    const readFrom = async (position: Position) => {
      if (isBehind) {
        isHanging = true;
        return await hanging.promise;
      }
      await decide('dec_2');
      await until(() => isProjected('dec_2'));
      isBehind = true;
      return await reader.readFrom(position);
    };
    const rebuilt = rebuild({
      databaseUrl: audit.database.url,
      schema: audit.database.schema,
      openShadow: (schema) => {
        const extra = { options: `-c search_path=${schema}` };
        return new DataSource({ type: 'postgres', url: audit.database.url, extra }).initialize();
      },
      messaging: {
        reader: () => ({ readFrom, close: () => reader.close() }),
        startOffset: (place) => audit.messaging.startOffset(place),
        endOffset: (place) => audit.messaging.endOffset(place),
      },
      prefix: audit.prefix,
      partitionCount: PARTITIONS,
      keptDays: { events: 0, attempts: 0, 'activity-log': 0 },
      mask: new PayloadMask(MASKED_NAMES_DEFAULT),
      clock: systemClock,
      repair: true,
      lockedIdleMaxMs: 500,
    });
    const failed = expect(rebuilt).rejects.toThrow();
    await until(() => isHanging);
    await decide('dec_3');
    await until(() => isProjected('dec_3'));
    hanging.reject(new Error('the broker is away'));
    await failed;
  }, 60_000);
});
