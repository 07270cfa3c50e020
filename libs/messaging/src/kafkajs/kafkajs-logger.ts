import type { LogEntry, logCreator } from 'kafkajs';
import type { MessagingLogger } from '../port/messaging-logger.js';

const WARN_LEVEL = 2;

/** What a rebalance always brings, and what the caller hears about anyway: not worth a warning. */
const EXPECTED = [
  /rebalanc/i,
  /^Response (JoinGroup|SyncGroup|Heartbeat|LeaveGroup|DeleteGroups|OffsetCommit|ListOffsets)\(/,
  /not aware of this member/,
  /re-joining/,
];

/** While a broker is away kafkajs repeats itself twenty times a second; once in a while is enough. */
const REPEATED_AFTER_MS = 10_000;
const REMEMBERED_MESSAGES_MAX = 200;

/** What of its members is told; others hold requests and answers. */
const TOLD = ['broker', 'error', 'groupId', 'memberId', 'retryCount', 'retryTime', 'topic', 'partition'];

/** Sends kafkajs's log lines to the service's logger; noise of group membership and repetitions go to debug. */
export function kafkajsLogCreator(logger: MessagingLogger, nowMs: () => number = Date.now): logCreator {
  const lastLoggedMs = new Map<string, number>();

  const isRepeated = (message: string): boolean => {
    const now = nowMs();
    const repeated = now - (lastLoggedMs.get(message) ?? Number.NEGATIVE_INFINITY) < REPEATED_AFTER_MS;
    if (repeated) return true;
    if (lastLoggedMs.size >= REMEMBERED_MESSAGES_MAX) lastLoggedMs.clear();
    lastLoggedMs.set(message, now);
    return false;
  };

  return () => (entry: LogEntry) => {
    const { message, ...fields } = entry.log;
    const error = String(fields.error ?? '');
    const expected = EXPECTED.some((pattern) => pattern.test(message) || pattern.test(error));
    const told = TOLD.flatMap((name) => (name in fields ? [[name, fields[name]]] : []));
    const context = { ...Object.fromEntries(told), kafkajs: entry.namespace };
    if (expected || entry.level > WARN_LEVEL || isRepeated(message)) logger.debug(context, message);
    else logger.warn(context, message);
  };
}
