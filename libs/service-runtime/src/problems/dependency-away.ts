/** Connections that a network or a host refuses, breaks or does not answer. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * SQLSTATEs after which the same statement may succeed: connection (08), resources (53), a cancelled statement
 * (57014, which a statement timeout gives too), a server that stops or starts (57P01–03), a lock that was not to be
 * had (55P03), deadlock and serialization (40), and a server that only reads because it is being replaced (25006).
 */
const SQL_STATE = /^(08...|53...|40...|57014|57P0[123]|55P03|25006)$/;

/** pg's and pg-pool's own errors of connections have no code. */
const PG_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end)/;

/** Whether an error says that the database, or the way to it, is not available at present: no fault of ours. */
export function isDependencyAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as Error & { code?: unknown; driverError?: unknown };
  if (driverError !== undefined && driverError !== error && isDependencyAway(driverError)) return true;
  if (typeof code === 'string') return NETWORK_CODES.has(code) || SQL_STATE.test(code);
  return PG_MESSAGE.test(error.message);
}
