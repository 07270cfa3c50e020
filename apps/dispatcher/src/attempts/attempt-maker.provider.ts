import {
  CLOCK,
  type Clock,
  CONFIGURATION_PROJECTION,
  type ConfigurationProjection,
  ENV,
  KEY_RING,
  type KeyRing,
  LOGGER,
  type Logger,
  metrics,
  tracing,
} from '@hookstile/service-runtime';
import type { FactoryProvider } from '@nestjs/common';
import type { DispatcherEnv } from '../dispatcher.env.js';
import { egressOf } from '../egress/egress.js';
import { productVersion } from '../request/product-version.js';
import { TenantSecretOpener } from '../request/tenant-secret-opener.js';
import { ATTEMPT_MAKER, type AttemptMaker, TRIAL_ATTEMPT_MAKER } from './attempt.types.js';
import { createAttemptMaker } from './attempt-maker.js';
import { type AttemptRecorder, attemptRecorder, trialRecorder } from './attempt-telemetry.js';

type Parts = [DispatcherEnv, KeyRing, ConfigurationProjection, Clock, Logger];

function makerOf(recorder: AttemptRecorder, ...[env, ring, projection, clock, logger]: Parts): AttemptMaker {
  const maker = createAttemptMaker({
    secrets: new TenantSecretOpener(ring, projection),
    egress: egressOf(env, { clock }),
    version: productVersion(),
    tracing,
    metrics,
    recorder,
    clock,
    onUnexpected: (error, attemptId) => logger.error({ err: error, attemptId }, 'an attempt failed inside Hookstile'),
  });
  projection.onChange(({ kind, id, deleted }) => {
    if (kind === 'integration' && deleted) maker.forgetDeleted(id);
  });
  return maker;
}

const inject = [ENV, KEY_RING, CONFIGURATION_PROJECTION, CLOCK, LOGGER];

/** Whoever drains the lanes calls `close()` afterwards. */
export const attemptMakerProvider: FactoryProvider<AttemptMaker> = {
  provide: ATTEMPT_MAKER,
  inject,
  useFactory: (...parts: Parts) => makerOf(attemptRecorder(metrics), ...parts),
};

export const trialAttemptMakerProvider: FactoryProvider<AttemptMaker> = {
  provide: TRIAL_ATTEMPT_MAKER,
  inject,
  useFactory: (...parts: Parts) => makerOf(trialRecorder(metrics), ...parts),
};
