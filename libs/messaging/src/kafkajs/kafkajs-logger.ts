import type { LogEntry, logCreator } from 'kafkajs';
import type { MessagingLogger } from '../port/messaging-logger.js';

const WARN_LEVEL = 2;

/** What a rebalance always brings, and what the caller hears about anyway: not worth a warning. */
const EXPECTED = [
  /rebalanc/i,
  /^Response (JoinGroup|SyncGroup|Heartbeat|LeaveGroup|DeleteGroups|OffsetCommit)\(/,
  /not aware of this member/,
  /re-joining/,
];

/** Sends kafkajs's log lines to the service's logger; noise of group membership goes to debug. */
export function kafkajsLogCreator(logger: MessagingLogger): logCreator {
  return () => (entry: LogEntry) => {
    const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = entry.log;
    const error = String(fields.error ?? '');
    const expected = EXPECTED.some((pattern) => pattern.test(message) || pattern.test(error));
    const context = { ...fields, kafkajs: entry.namespace };
    if (expected || entry.level > WARN_LEVEL) logger.debug(context, message);
    else logger.warn(context, message);
  };
}
