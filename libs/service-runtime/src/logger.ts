import type { LoggerService } from '@nestjs/common';
import {
  type DestinationStream,
  type Logger,
  type LoggerOptions as PinoOptions,
  pino,
  stdSerializers,
  stdTimeFunctions,
} from 'pino';
import { LOG_TEXT_MAX_CHARACTERS, logMembers, logText } from './log-members.js';
import { reasonOf } from './mask.js';

export type { Logger } from 'pino';

/** With the messages of its causes. */
const ERROR_MESSAGE_MAX_CHARACTERS = 1_000;
const STACK_MAX_CHARACTERS = 4_000;

export interface LoggerOptions {
  service: string;
  level: string;
  destination?: DestinationStream;
}

/**
 * Of an error its name, message, code and stack; what libraries hang on it besides, such as a request, is left out.
 * What was thrown and is none can be anything, so of an object nothing is read.
 */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) {
    const message = typeof error === 'object' || typeof error === 'function' ? '' : String(error);
    return { type: typeof error, message: logText(message, ERROR_MESSAGE_MAX_CHARACTERS) };
  }
  const { type, message, stack } = stdSerializers.err(error);
  const code = (error as { code?: unknown }).code;
  return {
    type: textOf(type, LOG_TEXT_MAX_CHARACTERS),
    message: textOf(message, ERROR_MESSAGE_MAX_CHARACTERS),
    ...(typeof code === 'string' || typeof code === 'number'
      ? { code: textOf(String(code), LOG_TEXT_MAX_CHARACTERS) }
      : {}),
    stack: textOf(stack, STACK_MAX_CHARACTERS),
  };
}

/** Libraries set these members to what they like. */
const textOf = (value: unknown, maxCharacters: number): string =>
  typeof value === 'string' ? logText(value, maxCharacters) : '';

type LogMethod = NonNullable<NonNullable<PinoOptions['hooks']>['logMethod']>;

/** A line is members and a text; whatever else is given would be written into the text, past all lists. */
const logMethod: LogMethod = function logMethod(args, method) {
  const [first, second]: unknown[] = args;
  const members = first instanceof Error ? { err: first } : first;
  if (typeof members === 'string') return method.call(this, {}, logText(members));
  const text = second ?? (first instanceof Error ? reasonOf(first) : '');
  method.call(this, members as object, textOf(text, LOG_TEXT_MAX_CHARACTERS));
};

/**
 * One JSON object a line: `time` (RFC 3339), `level`, `service`, `msg`, `err` and the members of a closed list. Neither
 * requests nor answers are logged by themselves.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings: PinoOptions = {
    level: options.level,
    base: { service: options.service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: logMembers,
    },
    serializers: { err: serializeError },
    hooks: { logMethod },
  };
  return guardChildren(options.destination ? pino(settings, options.destination) : pino(settings));
}

/** pino asks the formatters for no members of children. */
function guardChildren(logger: Logger): Logger {
  const { child } = logger;
  return Object.assign(logger, {
    child(this: Logger, members: Record<string, unknown>) {
      return child.call(this, logMembers(members));
    },
  });
}

/** Nest's own lines through pino. Its start-up chatter is `debug`, so that a boot is a few lines. */
export function nestLogger(logger: Logger): LoggerService {
  const contextOf = (parameters: unknown[]) => ({ context: String(parameters.at(-1) ?? 'nest') });
  const messageOf = (message: unknown) => (message instanceof Error ? message.message : String(message));
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(contextOf(rest), messageOf(message)),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(contextOf(rest), messageOf(message)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.trace(contextOf(rest), messageOf(message)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(contextOf(rest), messageOf(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error(contextOf(rest), messageOf(message)),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(contextOf(rest), messageOf(message)),
  };
}
