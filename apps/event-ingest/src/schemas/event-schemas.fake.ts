import type { EventSchemas } from './event-schemas.js';

/** No type has a schema. */
export const NO_SCHEMAS: EventSchemas = { hasAny: () => false, has: () => false, rejectionOf: () => null };
