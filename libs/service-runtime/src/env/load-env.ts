import { validateSync } from 'class-validator';
import type { BaseEnv } from './base.env.js';
import { EnvError } from './env.error.js';
import { settingsOf } from './setting.js';

/** Variables that a process with several services may give each service its own value of. */
const PER_SERVICE = ['DATABASE_URL', 'KAFKA_BROKERS'];

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function booleanOf(text: string): unknown {
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : text;
}

/** Text as the type of the variable's default; what does not fit stays text and fails the checks. */
function coerce(text: string, like: unknown): unknown {
  if (Array.isArray(like)) return listOf(text);
  if (typeof like === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (typeof like === 'boolean') return booleanOf(text);
  return text;
}

function prefixOf(serviceName: string): string {
  return `HOOKSTILE_${serviceName.toUpperCase().replaceAll('-', '_')}_`;
}

function textOf(environment: NodeJS.ProcessEnv, serviceName: string, name: string): string | undefined {
  const own = PER_SERVICE.includes(name) ? environment[prefixOf(serviceName) + name] : undefined;
  return own ?? environment[name];
}

function missingInProduction(env: BaseEnv): string[] {
  if (env.NODE_ENV !== 'production') return [];
  return (['HOOKSTILE_ADMIN_KEY', 'HOOKSTILE_ENCRYPTION_KEYS'] as const)
    .filter((name) => env[name] === '')
    .map((name) => `${name} is required in production`);
}

function wrongSecurity(env: BaseEnv): string[] {
  if (env.KAFKA_SASL_MECHANISM === '') return [];
  const missing = (['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const).filter((name) => env[name] === '');
  const problems = missing.map((name) => `${name} is required with KAFKA_SASL_MECHANISM`);
  const isOpen = env.KAFKA_SASL_MECHANISM === 'plain' && !env.KAFKA_TLS && env.NODE_ENV === 'production';
  return isOpen
    ? [...problems, 'KAFKA_SASL_MECHANISM plain needs KAFKA_TLS in production: anybody could read the password']
    : problems;
}

/**
 * The service's settings from its environment. Every variable documented by `@Setting` is read; an empty one counts
 * as not given, except for lists, where it means none.
 * Throws `EnvError`, which names each wrong variable and what is expected, never its value.
 */
export function loadEnv<E extends BaseEnv>(
  envClass: new () => E,
  serviceName: string,
  environment: NodeJS.ProcessEnv,
): E {
  const env = new envClass();
  const values = env as unknown as Record<string, unknown>;
  const optionalEmpty = new Set<string>();
  for (const { name } of settingsOf(envClass)) {
    const text = textOf(environment, serviceName, name);
    if (text !== undefined && (text !== '' || Array.isArray(values[name]))) values[name] = coerce(text, values[name]);
    if (values[name] === '') optionalEmpty.add(name);
  }
  const problems = validateSync(env, { forbidUnknownValues: false })
    .filter((error) => !optionalEmpty.has(error.property))
    .map((error) =>
      `${error.property} ${Object.values(error.constraints ?? {}).join(', ')}`.replace(/^(\w+) \1 /, '$1 '),
    );
  problems.push(...missingInProduction(env), ...wrongSecurity(env));
  if (problems.length > 0) throw new EnvError(problems);
  return env;
}
