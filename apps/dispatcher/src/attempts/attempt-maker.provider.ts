import {
  type BaseEnv,
  CLOCK,
  type Clock,
  ENV,
  KEY_RING,
  type KeyRing,
  LOGGER,
  type Logger,
  metrics,
  tracing,
} from '@hookstile/service-runtime';
import type { FactoryProvider } from '@nestjs/common';
import { productVersion } from '../request/product-version.js';
import { ATTEMPT_MAKER, type AttemptMaker, TRIAL_ATTEMPT_MAKER } from './attempt.types.js';
import { createAttemptMaker } from './attempt-maker.js';
import { type AttemptRecorder, attemptRecorder, trialRecorder } from './attempt-telemetry.js';

function makerOf(
  recorder: AttemptRecorder,
  env: BaseEnv,
  secrets: KeyRing,
  clock: Clock,
  logger: Logger,
): AttemptMaker {
  return createAttemptMaker({
    secrets,
    egressAllow: env.HOOKSTILE_EGRESS_ALLOW,
    version: productVersion(),
    tracing,
    metrics,
    recorder,
    clock,
    onUnexpected: (error, attemptId) => logger.error({ err: error, attemptId }, 'an attempt failed inside Hookstile'),
  });
}

const inject = [ENV, KEY_RING, CLOCK, LOGGER];

/** Whoever drains the lanes calls `close()` afterwards. */
export const attemptMakerProvider: FactoryProvider<AttemptMaker> = {
  provide: ATTEMPT_MAKER,
  inject,
  useFactory: (...parts: [BaseEnv, KeyRing, Clock, Logger]) => makerOf(attemptRecorder(metrics), ...parts),
};

export const trialAttemptMakerProvider: FactoryProvider<AttemptMaker> = {
  provide: TRIAL_ATTEMPT_MAKER,
  inject,
  useFactory: (...parts: [BaseEnv, KeyRing, Clock, Logger]) => makerOf(trialRecorder(metrics), ...parts),
};
