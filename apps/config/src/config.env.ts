import { BaseEnv } from '@hookstile/service-runtime';

/** The config service needs no settings beyond those of every service. */
export class ConfigEnv extends BaseEnv {}
