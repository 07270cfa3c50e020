import { AUDIT_OPERATIONS } from './audit-operations.js';
import { CONFIG_OPERATIONS } from './config-operations.js';
import { DISPATCHER_OPERATIONS } from './dispatcher-operations.js';
import { EVENT_INGEST_OPERATIONS } from './event-ingest-operations.js';
import type { OperationEntry } from './operation.js';

/**
 * Every route of the public surface by its operation id: what the guard enforces, what docs/roles.md says and what the
 * matrix of roles is tested against. Health routes are no operations: they need no key and lie outside /v1.
 */
const ALL = { ...CONFIG_OPERATIONS, ...EVENT_INGEST_OPERATIONS, ...DISPATCHER_OPERATIONS, ...AUDIT_OPERATIONS };

export type OperationId = keyof typeof ALL;

/** The ids of the operations that each service answers. */
export interface OperationsByService {
  config: keyof typeof CONFIG_OPERATIONS;
  'event-ingest': keyof typeof EVENT_INGEST_OPERATIONS;
  dispatcher: keyof typeof DISPATCHER_OPERATIONS;
  audit: keyof typeof AUDIT_OPERATIONS;
}

export const OPERATIONS: Readonly<Record<OperationId, OperationEntry>> = ALL;
