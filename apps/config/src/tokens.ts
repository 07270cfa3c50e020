export { READ_MODELS } from './read-models/read-model.store.js';

/** Tokens under which the module provides what its controllers and consumers use. */
export const CHANGES = Symbol('Changes');
export const OUTBOX_RELAY = Symbol('OutboxRelay');
/** `TenantKeys`: what their secrets are sealed under. */
export const TENANT_KEYS = Symbol('TenantKeys');
export const TENANTS = Symbol('Tenants');
export const API_KEYS = Symbol('ApiKeys');
export const DECISION_RULES = Symbol('DecisionRules');
export const EVENT_TYPES = Symbol('EventTypes');
/** `ProfileCatalog`: what fills in where a user gives nothing. */
export const PROFILES = Symbol('Profiles');
/** `IdempotencyStore`: answers that are given again. */
export const IDEMPOTENCY_STORE = Symbol('IdempotencyStore');
export const ANSWER_PURGE = Symbol('AnswerPurge');
export const INTEGRATIONS = Symbol('Integrations');
export const INTEGRATION_APPLY = Symbol('IntegrationApply');
export const INTEGRATION_HISTORY = Symbol('IntegrationHistory');
/** `OriginOf`: who makes a request. */
export const ORIGIN_OF = Symbol('OriginOf');
export const SIGNALS = Symbol('Signals');
export const READBACK = Symbol('Readback');
