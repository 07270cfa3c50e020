/** One rebuild at a time: they would share the shadow. */
export class RebuildUnderWayError extends Error {
  readonly code = 'rebuild_under_way';
  readonly retryable = true;
}
