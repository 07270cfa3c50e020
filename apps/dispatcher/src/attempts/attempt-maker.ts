import { secretOwner } from '@hookstile/contracts';
import type { Egress } from '../egress/egress.js';
import { OriginPools } from '../egress/origin-pools.js';
import { requestToken } from '../oauth/request-token.js';
import { tokenRecorder } from '../oauth/token-recorder.js';
import { CachedTokens } from '../oauth/token-source.js';
import { RequestPlans } from '../request/request-plans.js';
import type { SecretOpener } from '../request/tenant-secret-opener.js';
import type { AttemptInput, AttemptMaker, AttemptOutcome } from './attempt.types.js';
import { failed } from './attempt-outcome.js';
import {
  type AttemptMetrics,
  type AttemptRecorder,
  type AttemptTracing,
  attemptRecorder,
} from './attempt-telemetry.js';
import { type AttemptParts, makeAttempt } from './make-attempt.js';

export interface AttemptMakerOptions {
  secrets: SecretOpener;
  egress: Egress;
  /** Of Hookstile, for `user-agent`. */
  version: string;
  tracing: AttemptTracing;
  metrics: AttemptMetrics;
  /** By default that of attempts. */
  recorder?: AttemptRecorder;
  clock: AttemptParts['clock'];
  /** Told of errors that nobody foresaw; the attempt ends as `request_unbuildable`. */
  onUnexpected(error: unknown, attemptId: string): void;
}

/** An attempt maker that also lets go of everything it was given for an integration that was deleted. */
export interface RunningAttemptMaker extends AttemptMaker {
  forgetDeleted(integrationId: string): void;
}

/** Wires the attempt to its connections. */
export function createAttemptMaker(options: AttemptMakerOptions): RunningAttemptMaker {
  const pools = new OriginPools((tls) => options.egress.connectorFor(tls));
  const userAgent = `Hookstile/${options.version}`;
  const plans = new RequestPlans(options.secrets, userAgent);
  const tokens = new CachedTokens({
    request: (grant) => requestToken(pools, grant, userAgent),
    clock: options.clock,
    recorder: tokenRecorder(options.metrics),
  });
  const parts: AttemptParts = {
    plans,
    pools,
    tokens,
    tracing: options.tracing,
    recorder: options.recorder ?? attemptRecorder(options.metrics),
    clock: options.clock,
  };
  return {
    make: (input) =>
      makeAttempt(parts, input).catch((error: unknown) => {
        options.onUnexpected(error, input.attemptId);
        return unforeseen(input);
      }),
    forget: (integrationId) => plans.forget(integrationId),
    forgetDeleted: (integrationId) => {
      plans.forget(integrationId);
      tokens.forget(secretOwner('integration', integrationId));
    },
    close: () => pools.close(),
  };
}

/** A programmer's error is never retried: the same attempt would fail the same way, and hold its lane. */
function unforeseen({ integration }: AttemptInput): AttemptOutcome {
  const { method } = integration.settings.request;
  const request = { method, url: integration.settings.url, headers: [], body: Buffer.alloc(0), truncated: false };
  const verdict = failed('request_unbuildable', 'The request failed inside Hookstile; its log says why.', false);
  return { ...verdict, request, durationMs: 0, traceId: null };
}
