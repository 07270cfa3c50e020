import { AttemptView } from '@hookstile/service-runtime';
import type { TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { ActivityLogItem } from '../activity-log/activity-log-item.js';
import { AuditLogItem } from '../audit-log/audit-log-item.js';
import { DeliveryItem } from '../deliveries/delivery-item.js';
import { EventItem } from '../events/event-item.js';
import { RecoveryItem } from '../recover/recovery-item.js';
import { StatsItem } from '../stats/stats-item.js';
import { exportColumnsOf } from './export-columns.js';

/** What users' programs read: a new member of an item stands behind those that were there. */
const COLUMNS: readonly [list: string, item: TSchema, names: string][] = [
  [
    'event-log',
    AttemptView,
    'id,at,integrationId,deliveryId,deliveryIds,eventId,eventSource,eventType,attempt,trigger,outcome,httpStatus,error,errorDetail,durationMs,nextAttemptAt,traceId,late,request.method,request.url,request.headers,request.truncated,response.headers,response.truncated',
  ],
  [
    'deliveries',
    DeliveryItem,
    'id,integrationId,eventId,eventSource,eventType,status,reason,attemptCount,nextAttemptAt,createdAt,finishedAt',
  ],
  ['events', EventItem, 'id,source,type,subject,time,acceptedAt,via,outcome,reason,detail,traceId,deliveries'],
  [
    'audit-log',
    AuditLogItem,
    'id,at,actor.type,actor.id,actor.name,actor.role,action,subject.type,subject.id,subject.name,before,after,requestId',
  ],
  [
    'activity-log',
    ActivityLogItem,
    'id,at,ruleId,ruleName,ruleVersion,decision,code,reason,httpStatus,durationMs,cached,username,remoteIp,deviceId,traceId',
  ],
  [
    'recoveries',
    RecoveryItem,
    'id,integrationId,since,until,selected,ratePerSecond,status,reason,matched,queued,expired,pending,delivered,failed,discarded,startedAt,finishedAt',
  ],
  [
    'stats',
    StatsItem,
    'from,to,attempts,succeeded,failed,latencyMs.p50,latencyMs.p95,latencyMs.p99,byStatus,byError,backlog',
  ],
];

describe('the columns of an export', () => {
  it.each(COLUMNS)('of %s keep their names and their order', (_list, item, names) => {
    expect(exportColumnsOf(item).map(({ name }) => name)).toEqual(names.split(','));
  });

  it('show a member of an object, and nothing of an object that is null', () => {
    const values = (item: unknown) => exportColumnsOf(AttemptView).map(({ valueIn }) => valueIn(item));
    const item = { id: 'att_1', request: { method: 'POST' }, response: null };
    expect(values(item).filter((value) => value !== undefined)).toEqual(['att_1', 'POST']);
  });
});
