const PROBE_TIMEOUT_MS = 2_000;

interface Readiness {
  dependencies?: Record<string, { status: string }>;
}

/**
 * Whether the service at `url` says that it is ready, and that nothing it works with is down, be it something that it
 * takes requests without; one that does not answer is not.
 */
export async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    const { dependencies = {} } = (await response.json()) as Readiness;
    return response.ok && Object.values(dependencies).every(({ status }) => status === 'up');
  } catch {
    return false;
  }
}
