import { MessagingError } from '../port/messaging.error.js';

interface KafkajsError {
  name?: string;
  type?: string;
  cause?: unknown;
  host?: string;
  port?: number;
}

/** The error that kafkajs wrapped into "retries exceeded" and the like. */
export function rootCause(error: unknown): unknown {
  const cause = (error as KafkajsError | null)?.cause;
  return cause && cause !== error ? rootCause(cause) : error;
}

/** Kafka's name of an error, such as `MESSAGE_TOO_LARGE`, or null when no broker answered. */
export function brokerErrorType(error: unknown): string | null {
  return (rootCause(error) as KafkajsError | null)?.type ?? null;
}

/** Where a connection broke, so that it can be taken out of the cluster's pool. */
export function brokenAddress(error: unknown): { host: string; port: number } | null {
  const { name, host, port } = rootCause(error) as KafkajsError;
  return name === 'KafkaJSConnectionClosedError' && host && port ? { host, port } : null;
}

export function unavailable(what: string, error: unknown): MessagingError {
  if (error instanceof MessagingError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new MessagingError('broker_unavailable', `${what}: ${reason}`, true, { cause: error });
}
