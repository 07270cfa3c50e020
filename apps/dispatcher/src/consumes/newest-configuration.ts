import { type ConfigurationProjection, ProblemError, within } from '@hookstile/service-runtime';

/**
 * Waits until all is seen that was acknowledged before the call, but no longer than `timeoutMs`: without Kafka one goes
 * on with what is known. Answers whether all is seen; rejects with `unavailable` where nobody can know what a newer
 * release has written.
 */
export async function caughtUpWithin(
  projection: Pick<ConfigurationProjection, 'catchUp' | 'checkHealth'>,
  timeoutMs: number,
): Promise<boolean> {
  try {
    await within(projection.catchUp(), timeoutMs, () => new Error('late'));
    return true;
  } catch {
    refuseUnreadable(projection);
    return false;
  }
}

function refuseUnreadable(projection: Pick<ConfigurationProjection, 'checkHealth'>): void {
  try {
    projection.checkHealth();
  } catch (cause) {
    throw new ProblemError('unavailable', 'the configuration cannot be followed', { cause });
  }
}
