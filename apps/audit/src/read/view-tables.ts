import { TenantTables } from '@hookstile/service-runtime';

/** The tables of audit whose rows belong to tenants: whoever reads for a tenant names them by this. */
export const VIEWS = new TenantTables([
  'events',
  'deliveries',
  'attempts',
  'audit_log',
  'activity_log',
  'integration_signals',
  'stats_minutes',
  'stats_hours',
  'delivery_backlog',
  'recoveries',
]);

export type ViewTable = (typeof VIEWS.names)[number];
