import { TENANT_MAX_CHARACTERS } from './accept.bounds.js';
import { textError } from './attributes.js';
import { invalid, type Rejection, rejection } from './rejection.js';

/** The extension attribute that names the tenant of an event on Kafka. */
export const TENANT_EXTENSION = 'tenantid';

/** What a door knows of an event before it is read. */
export interface DoorContext {
  /** The tenant of the request's key; null on Kafka, where the event itself says it. */
  tenantId: string | null;
  acceptedAt: string;
}

export type EventTenant = { outcome: 'tenant'; tenantId: string } | Rejection;

/** By HTTP the key decides, and an event that names another tenant is refused rather than moved. */
export function eventTenantOf(extension: unknown, door: DoorContext): EventTenant {
  if (extension === undefined || extension === null) {
    if (door.tenantId !== null) return { outcome: 'tenant', tenantId: door.tenantId };
    return rejection('tenant_required', `The extension "${TENANT_EXTENSION}" is required.`);
  }
  const error = textError(TENANT_EXTENSION, extension, TENANT_MAX_CHARACTERS);
  if (error) return invalid([error]);
  const tenantId = String(extension);
  if (door.tenantId === null || door.tenantId === tenantId) return { outcome: 'tenant', tenantId };
  const detail = `The extension "${TENANT_EXTENSION}" names another tenant than the key.`;
  return rejection('forbidden', detail, [{ pointer: `/${TENANT_EXTENSION}`, code: 'forbidden', detail }]);
}
