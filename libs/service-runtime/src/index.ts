export {
  type AuthenticatedRequest,
  CurrentPrincipal,
  OPERATION,
  Operation,
  PRINCIPAL,
  principalOf,
} from './auth/access.js';
export { bearerKeyOf } from './auth/admission.js';
export { AuthGuard } from './auth/auth.guard.js';
export type { HeadCheck } from './auth/head-check.js';
export type { Access, OperationEntry } from './auth/operations/operation.js';
export { OPERATIONS, type OperationId, type OperationsByService } from './auth/operations/operations.js';
export * from './auth/origin.js';
export * from './auth/principal.js';
export * from './clock.js';
export * from './configuration/configuration.error.js';
export * from './configuration/configuration-projection.js';
export * from './configuration/projection-key-directory.js';
export * from './configuration/recent-configuration.js';
export { DependencyError, openDatabase } from './connections.js';
export type { PoolBounds } from './database.bounds.js';
export * from './env/base.env.js';
export * from './env/env.error.js';
export * from './env/load-env.js';
export * from './env/payload-mask.env.js';
export * from './env/setting.js';
export { BODY_MAX_BYTES } from './http/http.bounds.js';
export * from './idempotency/idempotency-key.js';
export * from './idempotency/idempotent-request.js';
export * from './input/cursor.js';
export * from './input/list-query.js';
export * from './input/parse-body.js';
export * from './kafka-options.js';
export * from './logger.js';
export { reasonOf } from './mask.js';
export * from './migrate.js';
export { PayloadMask } from './payloads/payload-mask.js';
export { MASKED_NAMES_DEFAULT } from './payloads/secret-names.js';
export * from './problems/problem.error.js';
export * from './problems/problem.filter.js';
export { PROBLEM_CONTENT_TYPE, problemAnswer, statusOfCode } from './problems/problem-document.js';
export { problemOf } from './problems/problem-of.js';
export type { Readiness, ReadinessCheck } from './readiness.js';
export * from './reference/operation-reference.js';
export * from './reference/schemas.js';
export * from './repeated-work.js';
export * from './run-service.js';
export * from './secrets/key-ring.error.js';
export * from './secrets/key-ring.js';
export { TenantSecrets } from './secrets/tenant-secrets.js';
export * from './service.js';
export * from './start-service.js';
export { flushTelemetry } from './telemetry/flush.js';
export * from './telemetry/metrics.js';
export * from './telemetry/tracing.js';
export * from './tenancy/tenant-query.js';
export * from './tenancy/tenant-tables.js';
export * from './tokens.js';
export { AttemptView, AttemptWithBodies } from './views/attempt-view.js';
export * from './views/logged-exchange.js';
export { within } from './within.js';
