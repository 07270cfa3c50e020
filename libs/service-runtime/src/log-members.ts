import { maskUrls } from './mask.js';

/** Longer texts are cut: a line says what happened, and is no place for what was sent. */
export const LOG_TEXT_MAX_CHARACTERS = 500;
/** Longer lists are cut. */
export const LOG_LIST_MAX_ITEMS = 50;

/**
 * Every member that a line of the log may have, beside `time`, `level`, `msg` and `err`. What is none of these is left
 * out, and only its name is told: a line cannot carry what nobody thought of. None of them is a secret or a payload.
 */
const LOG_MEMBERS: ReadonlySet<string> = new Set(
  [
    // Who and what it is about.
    'service context tenantId integrationId deliveryId eventId eventType attemptId decisionId ruleId ruleName ruleVersion recoveryId laneKey',
    'key kind list table day alarm advice step',
    // A request to us, and one that we make.
    'method path url requestId httpStatus code reason detail error errorDetail outcome trigger push decision cached traceId',
    // Where in Kafka.
    'topic topics partition partitions offset lastOffset groupId publisher assignment version kafkajs broker memberId',
    // States and counts.
    'attempt attempts deliveries records writes lanes lane integrations ended epoch enablement accepted alike rows bytes end',
    'consecutiveFailures retryCount',
    // Times.
    'durationMs delayMs waitedMs ageMs hookMs failingForMs nextAttemptAtMs retryTime',
  ].flatMap((names) => names.split(' ')),
);

export const isLogMember = (name: string): boolean => LOG_MEMBERS.has(name);

/** Without credentials of URLs, and bounded. */
export function logText(text: string, maxCharacters = LOG_TEXT_MAX_CHARACTERS): string {
  // Before it is cut: half of a credential would not be known for one.
  const masked = maskUrls(text);
  return masked.length > maxCharacters ? `${masked.slice(0, maxCharacters)}…` : masked;
}

/** The members of a line as they are written; `err` goes on to its own serializer. */
export function logMembers(given: Record<string, unknown>): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  const leftOut: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const written = name === 'err' ? value : LOG_MEMBERS.has(name) ? logValue(value) : NOT_WRITTEN;
    if (written === NOT_WRITTEN) leftOut.push(logText(name));
    else members[name] = written;
  }
  if (leftOut.length > 0) members.leftOut = leftOut.slice(0, LOG_LIST_MAX_ITEMS);
  return members;
}

const NOT_WRITTEN = Symbol('NotWritten');

/** Single values and lists of them. Objects are none: what is in them is on no list. */
function logValue(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.slice(0, LOG_LIST_MAX_ITEMS).map(singleValue);
    return items.includes(NOT_WRITTEN) ? NOT_WRITTEN : items;
  }
  return singleValue(value);
}

function singleValue(value: unknown): unknown {
  if (typeof value === 'string') return logText(value);
  if (typeof value === 'bigint') return String(value);
  if (value === null || ['undefined', 'number', 'boolean'].includes(typeof value)) return value;
  return NOT_WRITTEN;
}
