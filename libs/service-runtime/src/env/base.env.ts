import { DEFAULT_PARTITION_COUNT, DEFAULT_TOPIC_PREFIX } from '@hookstile/contracts';
import { SASL_MECHANISMS, type SaslMechanism } from '@hookstile/messaging';
import {
  ArrayNotEmpty,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  MinLength,
} from 'class-validator';
import { CONNECTIONS_MAX } from '../http/http.bounds.js';
import { Setting } from './setting.js';

const PORT_MAX = 65_535;
/** Probes, and a few callers. */
const CONNECTIONS_MIN = 16;
const CONNECTIONS_MOST = 1_000_000;
const POOL_MAX = 100;
const PARTITIONS_MAX = 1_000;
const SHUTDOWN_TIMEOUT_MAX_MS = 600_000;
const RATE_LIMIT_REQUESTS_MAX = 100_000_000;
const RATE_LIMIT_WINDOW_MAX_S = 86_400;
const ADMIN_KEY_MIN_LENGTH = 16;

/**
 * The environment that every service reads. A property has the variable's name; an app's `<app>.env.ts` extends this
 * class. Lists are separated by commas. Defaults stand beside the checks; `@Setting` feeds the generated reference.
 */
export class BaseEnv {
  @Setting({ description: 'Port of the HTTP server; 0 takes any free one.' })
  @IsInt()
  @Min(0)
  @Max(PORT_MAX)
  PORT = 0;

  @Setting({ description: 'Port of the Prometheus page /metrics; 0 serves none.' })
  @IsInt()
  @Min(0)
  @Max(PORT_MAX)
  METRICS_PORT = 0;

  @Setting({ description: 'Address that the HTTP server listens on.' })
  @IsString()
  @MinLength(1)
  HOST = '0.0.0.0';

  @Setting({ description: 'Kafka brokers, host:port, separated by commas.' })
  @ArrayNotEmpty()
  @Matches(/^[^\s:]+:\d{1,5}$/, { each: true, message: 'each item must be host:port' })
  KAFKA_BROKERS: string[] = ['127.0.0.1:9092'];

  @Setting({ description: 'Whether brokers are spoken to over TLS; their certificates and names are verified.' })
  @IsBoolean()
  KAFKA_TLS = false;

  @Setting({ description: 'PEM of the authorities that brokers are trusted by, instead of those that Node trusts.' })
  @IsOptional()
  @Matches(/^\s*-----BEGIN CERTIFICATE-----/, { message: 'must be certificates as PEM' })
  KAFKA_TLS_CA = '';

  @Setting({
    description: `How services tell brokers who they are: ${SASL_MECHANISMS.join(', ')}; empty is not at all.`,
  })
  @IsOptional()
  @IsIn(SASL_MECHANISMS)
  KAFKA_SASL_MECHANISM: SaslMechanism | '' = '';

  @Setting({ description: 'The user name for KAFKA_SASL_MECHANISM.' })
  @IsOptional()
  @IsString()
  KAFKA_SASL_USERNAME = '';

  @Setting({ description: 'The password for KAFKA_SASL_MECHANISM.', secret: true })
  @IsOptional()
  @IsString()
  KAFKA_SASL_PASSWORD = '';

  @Setting({ description: 'Postgres connection URL.', secret: true })
  @Matches(/^postgres(ql)?:\/\//, { message: 'must be a URL postgres://user:password@host:port/database' })
  DATABASE_URL = 'postgres://postgres@127.0.0.1:5432/hookstile';

  @Setting({ description: 'Postgres schema of the service; by default one named after it.' })
  @IsOptional()
  @Matches(/^[a-z_][a-z0-9_]{0,62}$/, { message: 'must be a lower-case SQL name of at most 63 characters' })
  DATABASE_SCHEMA = '';

  @Setting({ description: 'Connections to Postgres of one process.', unit: 'count' })
  @IsInt()
  @Min(2)
  @Max(POOL_MAX)
  DATABASE_POOL_MAX = 8;

  @Setting({ description: 'What every topic and consumer group name begins with.' })
  @Matches(/^[a-zA-Z0-9._-]{1,100}$/, { message: 'must be 1 to 100 letters, digits, dots, dashes or underscores' })
  HOOKSTILE_TOPIC_PREFIX = DEFAULT_TOPIC_PREFIX;

  @Setting({ description: 'Partitions of each topic; cannot change once topics exist.', unit: 'count' })
  @IsInt()
  @Min(1)
  @Max(PARTITIONS_MAX)
  HOOKSTILE_PARTITIONS = DEFAULT_PARTITION_COUNT;

  @Setting({ description: 'The platform key: acts for any tenant. Required in production.', secret: true })
  @IsOptional()
  @MinLength(ADMIN_KEY_MIN_LENGTH, { message: `must have at least ${ADMIN_KEY_MIN_LENGTH} characters` })
  HOOKSTILE_ADMIN_KEY = '';

  @Setting({
    description:
      'Key ring that the keys of stored secrets are wrapped under: keyId:base64 of 32 bytes, the first wraps. Required in production.',
    secret: true,
  })
  @IsOptional()
  @IsString()
  HOOKSTILE_ENCRYPTION_KEYS = '';

  @Setting({ description: 'CIDRs that may be reached although they are not public addresses.' })
  @IsString({ each: true })
  HOOKSTILE_EGRESS_ALLOW: string[] = [];

  @Setting({
    description:
      'Connections that one process has open; beyond, a new one takes the place of the one that has done nothing for longest.',
    unit: 'count',
  })
  @IsInt()
  @Min(CONNECTIONS_MIN)
  @Max(CONNECTIONS_MOST)
  HOOKSTILE_CONNECTIONS_MAX = CONNECTIONS_MAX;

  @Setting({
    description: "Requests of one tenant's key that one process answers in a window; 0 sets no limit.",
    unit: 'count',
  })
  @IsInt()
  @Min(0)
  @Max(RATE_LIMIT_REQUESTS_MAX)
  HOOKSTILE_RATE_LIMIT_REQUESTS = 0;

  @Setting({ description: 'The window of HOOKSTILE_RATE_LIMIT_REQUESTS.', unit: 'seconds' })
  @IsInt()
  @Min(1)
  @Max(RATE_LIMIT_WINDOW_MAX_S)
  HOOKSTILE_RATE_LIMIT_WINDOW_S = 60;

  @Setting({
    description:
      'Unknown keys from one address in a minute after which one process looks up no new ones of it; 0 sets no limit.',
    unit: 'count',
  })
  @IsInt()
  @Min(0)
  @Max(RATE_LIMIT_REQUESTS_MAX)
  HOOKSTILE_AUTH_FAILURES_MAX = 0;

  @Setting({ description: 'Least severe level that is logged.' })
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL = 'info';

  @Setting({ description: '`production` refuses a start without keys.' })
  @IsString()
  NODE_ENV = 'development';

  @Setting({ description: 'How long a stop may take before the process ends anyway.', unit: 'ms' })
  @IsInt()
  @Min(100)
  @Max(SHUTDOWN_TIMEOUT_MAX_MS)
  HOOKSTILE_SHUTDOWN_TIMEOUT_MS = 15_000;
}
