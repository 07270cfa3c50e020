import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

/** Members that hold secrets wherever they are logged; pino masks them before a line is written. */
const SECRET_PATHS = [
  'authorization',
  'password',
  'secret',
  'token',
  'key',
  'signingSecret',
  '*.authorization',
  '*.password',
  '*.secret',
  '*.token',
  '*.signingSecret',
  'headers.authorization',
  'headers["webhook-signature"]',
  '*.headers.authorization',
  'HOOKSTILE_ADMIN_KEY',
  'HOOKSTILE_ENCRYPTION_KEYS',
  'DATABASE_URL',
  '*.HOOKSTILE_ADMIN_KEY',
  '*.HOOKSTILE_ENCRYPTION_KEYS',
  '*.DATABASE_URL',
];

export type { Logger } from 'pino';

export interface LoggerOptions {
  service: string;
  level: string;
  destination?: DestinationStream;
}

/** One JSON object a line: `time` (RFC 3339), `level`, `service`, `msg` and members; secrets read `***`. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '***' },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

/** Nest's own lines through pino. Its start-up chatter is `debug`, so that a boot is a few lines. */
export function nestLogger(logger: Logger): LoggerService {
  const contextOf = (parameters: unknown[]) => ({ context: String(parameters.at(-1) ?? 'nest') });
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(contextOf(rest), String(message)),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(contextOf(rest), String(message)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.trace(contextOf(rest), String(message)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(contextOf(rest), String(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error(contextOf(rest), String(message)),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(contextOf(rest), String(message)),
  };
}
