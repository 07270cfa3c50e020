import type { DecisionCode, Verdict } from '@hookstile/contracts';
import { clipped } from '../project/clipped.js';
import type { ActivityLogRow } from '../project/rows.js';
import type { ListedRows, PageRequest } from '../read/list-page.js';
import { newestFirstSql, SqlConditions, toMs } from '../read/sql-list.js';
import type { ViewReader } from '../read/view-reader.js';
import type { ActivityLogFilters, ActivityLogStore } from './activity-log.store.js';

interface Found {
  id: string;
  tenant_id: string;
  at: Date;
  rule_id: string;
  rule_name: string;
  rule_version: number;
  decision: Verdict;
  code: DecisionCode;
  reason: string;
  http_status: number | null;
  duration_ms: number;
  cached: boolean;
  username: string | null;
  remote_ip: string | null;
  device_id: string | null;
  trace_id: string | null;
}

export class TypeormActivityLogStore implements ActivityLogStore {
  constructor(private readonly views: ViewReader) {}

  async list(tenantId: string, filters: ActivityLogFilters, page: PageRequest): Promise<ListedRows<ActivityLogRow>> {
    const { ruleId, decision, code, username, since, until } = filters;
    const conditions = new SqlConditions(tenantId)
      .given('rule_id = ?', ruleId)
      .given('decision = ?', decision)
      .given('code = ?', code)
      .given('username = ?', username === undefined ? undefined : clipped(username))
      .given('at >= ?', since === undefined ? undefined : new Date(since))
      .given('at < ?', until === undefined ? undefined : new Date(until))
      .behind('at', 'id', page.after);
    const found = await this.views.query<Found>(
      `select * from activity_log where ${conditions.where} ${newestFirstSql('at', 'id', page)}`,
      conditions.parameters,
    );
    return { rows: found.map(rowOf), stoppedAt: null };
  }

  async get(tenantId: string, id: string): Promise<ActivityLogRow | null> {
    const found = await this.views.query<Found>('select * from activity_log where tenant_id = $1 and id = $2', [
      tenantId,
      id,
    ]);
    return found[0] ? rowOf(found[0]) : null;
  }
}

function rowOf(found: Found): ActivityLogRow {
  return {
    id: found.id,
    tenantId: found.tenant_id,
    atMs: toMs(found.at),
    ruleId: found.rule_id,
    ruleName: found.rule_name,
    ruleVersion: found.rule_version,
    decision: found.decision,
    code: found.code,
    reason: found.reason,
    httpStatus: found.http_status,
    durationMs: found.duration_ms,
    cached: found.cached,
    username: found.username,
    remoteIp: found.remote_ip,
    deviceId: found.device_id,
    traceId: found.trace_id,
  };
}
