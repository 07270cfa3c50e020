/** A request that the integration's settings do not allow to be built. Trying again cannot help. */
export class RequestUnbuildableError extends Error {
  readonly code = 'request_unbuildable';
  readonly retryable = false;
}
