import type { IntegrationSignal } from '@hookstile/contracts';
import type { FailureRun } from './failure-run.js';

export interface SignalContext {
  tenantId: string;
  integrationId: string;
  /** After the attempt that is signalled. */
  run: FailureRun;
  sequence: number;
  nowMs: number;
}

/** What is said of an integration's run, as config and audit read it. */
export function signalsOf(types: readonly IntegrationSignal['type'][], context: SignalContext): IntegrationSignal[] {
  const { tenantId, integrationId, run, sequence, nowMs } = context;
  return types.map((type) => ({
    type,
    tenantId,
    integrationId,
    enablement: run.enablement,
    reason: type === 'disable-requested' ? run.stopped : null,
    consecutiveFailures: run.consecutiveFailures,
    sequence,
    at: new Date(nowMs).toISOString(),
    traceparent: null,
  }));
}
