import type { DecisionCode, Verdict } from '@hookstile/contracts';
import { clipped } from '../project/clipped.js';
import type { ActivityLogRow } from '../project/rows.js';
import type { ListedRows, ListPosition, PageRequest } from '../read/list-page.js';
import { Narrowings } from '../read/list-paths.js';
import { ListReader, type LookBounds } from '../read/list-reader.js';
import type { ListTable } from '../read/list-statement.js';
import { toMs } from '../read/times.js';
import type { ViewReader } from '../read/view-reader.js';
import { VIEWS } from '../read/view-tables.js';
import type { ActivityLogFilters, ActivityLogStore } from './activity-log.store.js';

const TABLE: ListTable = {
  name: 'activity_log',
  columns: `id, tenant_id, at, rule_id, rule_name, rule_version, decision, code, reason, http_status, duration_ms, cached,
    username, remote_ip, device_id, trace_id`,
  time: 'at',
  key: 'id',
};

const GET = VIEWS.sql`select * from ${VIEWS.rows('activity_log')} where id = $2`;

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

const positionOf = (found: Found): ListPosition => ({ atMs: toMs(found.at), key: found.id });

/** What most decisions have in common has no index. */
function narrowingBy({ ruleId, decision, code, username }: ActivityLogFilters): Narrowings {
  const narrowings = new Narrowings()
    .byIndex('rule_id = ?', ruleId)
    .byIndex('username is not null and username = ?', username === undefined ? undefined : clipped(username));
  if (decision === 'denied') narrowings.byIndex("decision = 'denied' and decision = ?", decision);
  else narrowings.byLooking('decision = ?', decision);
  if (code === 'matched') return narrowings.byLooking('code = ?', code);
  return narrowings.byIndex(`code <> 'matched' and code collate "C" = ?`, code);
}

export class TypeormActivityLogStore implements ActivityLogStore {
  readonly #lists: ListReader;

  constructor(
    private readonly views: ViewReader,
    bounds?: LookBounds,
  ) {
    this.#lists = new ListReader(views, bounds);
  }

  async list(tenantId: string, filters: ActivityLogFilters, page: PageRequest): Promise<ListedRows<ActivityLogRow>> {
    const narrowing = narrowingBy(filters);
    const question = { tenantId, span: filters, page, narrowingIn: () => narrowing };
    const { rows, stoppedAt } = await this.#lists.read<Found>(TABLE, question, positionOf);
    return { rows: rows.map(rowOf), stoppedAt };
  }

  async get(tenantId: string, id: string): Promise<ActivityLogRow | null> {
    const found = await this.views.read<Found>(tenantId, GET, [id]);
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
