import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { maskSecrets, maskUrls } from './mask.js';

export type { Logger } from 'pino';

export interface LoggerOptions {
  service: string;
  level: string;
  destination?: DestinationStream;
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return maskSecrets(error);
  const { type, message, stack } = stdSerializers.err(error);
  const code = (error as { code?: unknown }).code;
  return { type, message: maskUrls(message), code, stack: maskUrls(stack ?? '') };
}

/** One JSON object a line: `time` (RFC 3339), `level`, `service`, `msg` and members; secrets read `***`. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (members: Record<string, unknown>) => maskSecrets(members),
    },
    serializers: { err: serializeError },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

/** Nest's own lines through pino. Its start-up chatter is `debug`, so that a boot is a few lines. */
export function nestLogger(logger: Logger): LoggerService {
  const contextOf = (parameters: unknown[]) => ({ context: String(parameters.at(-1) ?? 'nest') });
  const textOf = (message: unknown) => maskUrls(message instanceof Error ? message.message : String(message));
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(contextOf(rest), textOf(message)),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(contextOf(rest), textOf(message)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.trace(contextOf(rest), textOf(message)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(contextOf(rest), textOf(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error(contextOf(rest), textOf(message)),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(contextOf(rest), textOf(message)),
  };
}
