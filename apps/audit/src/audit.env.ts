import { BaseEnv } from '@hookstile/service-runtime';

/** Audit needs nothing beyond what every service reads. */
export class AuditEnv extends BaseEnv {}
