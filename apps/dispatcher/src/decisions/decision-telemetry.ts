import { type Decision, traceIdOf } from '@hookstile/contracts';
import type { Metrics } from '@hookstile/service-runtime';
import type { Logger } from 'pino';

const HOOK_BOUNDARIES_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const OVERHEAD_BOUNDARIES_S = [0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

export interface EndedDecision {
  record: Decision;
  /** Milliseconds: the hook's own time, and all from the request until the answer could be given. */
  hookMs: number;
  totalMs: number;
}

export interface DecisionRecorder {
  ended(decision: EndedDecision): void;
}

/** What the hook answered with decided. */
const OF_ANSWERS: ReadonlySet<Decision['code']> = new Set(['matched', 'no_match']);

/** One wide line a decision: what an error decided at info, the others at debug, as attempts have theirs. */
function log(logger: Logger, { record, hookMs, totalMs }: EndedDecision): void {
  const { id, tenantId, ruleId, ruleName, ruleVersion, decision, code, reason, httpStatus, cached, traceparent } =
    record;
  const line = {
    decisionId: id,
    tenantId,
    ruleId,
    ruleName,
    ruleVersion,
    decision,
    code,
    reason,
    httpStatus,
    cached,
    hookMs: Math.round(hookMs),
    durationMs: Math.round(totalMs),
    traceId: traceIdOf(traceparent),
  };
  if (OF_ANSWERS.has(code)) logger.debug(line, 'decision');
  else logger.info(line, 'decision');
}

export function decisionRecorder(
  instruments: Pick<Metrics, 'counter' | 'histogram'>,
  logger: Logger,
): DecisionRecorder {
  const decisions = instruments.counter('decisions', {
    description: 'Decisions by how they fell and what led to it.',
    unit: '{decision}',
  });
  const hook = instruments.histogram('decision.hook.duration', {
    description: "A hook's own time, of decisions that asked it.",
    unit: 's',
    boundaries: HOOK_BOUNDARIES_S,
  });
  const overhead = instruments.histogram('decision.overhead', {
    description: "What a decision took beside the hook's own time.",
    unit: 's',
    boundaries: OVERHEAD_BOUNDARIES_S,
  });
  return {
    ended: (ended) => {
      const { decision, code, cached } = ended.record;
      decisions.add(1, { decision, code, cached });
      if (ended.hookMs > 0) hook.record(ended.hookMs / 1_000, { code });
      overhead.record((ended.totalMs - ended.hookMs) / 1_000);
      log(logger, ended);
    },
  };
}

/** Returns what ends the gauges. */
export function observeDecisions(
  { gauge }: Pick<Metrics, 'gauge'>,
  { inFlight, openCircuits }: { inFlight: () => number; openCircuits: () => number },
): () => void {
  const ends = [
    gauge('decisions.in_flight', { description: 'Decisions that wait for their hooks.', unit: '{decision}' }, inFlight),
    gauge(
      'decisions.circuits.open',
      { description: 'Rules whose hooks are left alone after failures.', unit: '{rule}' },
      openCircuits,
    ),
  ];
  return () => {
    for (const end of ends) end();
  };
}
